import { defineConfig } from 'vitest/config'

/** `npm run test:how-to`: pages whose commands are run as they stand. Needs bash and curl. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/how-to/**/*.how-to.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    disableConsoleIntercept: true,
    reporters: ['verbose'],
  },
})
