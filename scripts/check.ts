import { spawnSync } from 'node:child_process'

/** Everything that must hold before a commit, besides the tests. Each step runs even when an earlier one failed, so one run shows all. */
const STEPS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'format and lint', command: ['biome', 'ci', '--error-on-warnings', '.'] },
  { name: 'types', command: ['tsc', '-b'] },
  { name: 'import direction, cycles, file sizes', command: [process.execPath, 'scripts/check-imports.ts'] },
  { name: 'error codes', command: [process.execPath, 'scripts/check-error-codes.ts'] },
  { name: 'templates', command: [process.execPath, 'scripts/check-templates.ts'] },
  { name: 'generated files', command: [process.execPath, 'scripts/generate.ts', '--check'] },
]

const failed = STEPS.filter(({ name, command }) => {
  const [program = '', ...args] = command
  const started = performance.now()
  // Windows finds the .cmd of a package's command only through a shell; the arguments are ours alone.
  const result = spawnSync(program, args, { stdio: 'inherit', shell: process.platform === 'win32' && program !== process.execPath })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${result.status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`)
  return result.status !== 0
})
process.exitCode = failed.length === 0 ? 0 : 1
