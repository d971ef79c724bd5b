import { defineConfig } from 'vitest/config'

/** `npm run test:crash`: one file after the other, each with a PostgreSQL server of its own that it may kill. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/crash/**/*.crash.ts'],
    fileParallelism: false,
    testTimeout: 45 * 60_000,
    hookTimeout: 120_000,
    disableConsoleIntercept: true,
    reporters: ['verbose'],
  },
})
