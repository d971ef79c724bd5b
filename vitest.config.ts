import { defineConfig } from 'vitest/config'

const limits = { testTimeout: 30_000, hookTimeout: 60_000, restoreMocks: true }

/** Tests of programs, processes and command lines: each file in a process of its own. */
const APART = ['packages/base/**/*.test.ts', 'apps/cli/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts']

export default defineConfig({
  test: {
    globalSetup: ['test/support/database-server.ts'],
    maxWorkers: 2,
    projects: [
      { test: { ...limits, name: 'apart', include: APART } },
      {
        test: {
          ...limits,
          name: 'together',
          include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [...APART, '**/node_modules/**'],
          // Files of one worker share their modules, which keep no state but by database: an application is read once and not with every file.
          isolate: false,
        },
      },
    ],
  },
})
