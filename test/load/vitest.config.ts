import { defineConfig } from 'vitest/config'

/** `npm run test:load`: many clients at once, on an installation of its own. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/load/**/*.load.ts'],
    globalSetup: 'test/support/database-server.ts',
    fileParallelism: false,
    testTimeout: 45 * 60_000,
    hookTimeout: 120_000,
    disableConsoleIntercept: true,
    reporters: ['verbose'],
  },
})
