import { toAppError } from '@p2c/base'
import { CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import type { Surroundings } from './context.ts'
import { createMessages, LOCALES, type Locale, localeOf } from './messages/messages.ts'
import { createProgram } from './program.ts'

/** Exit codes: 0 done, 1 failed, 2 wrong use. */
const WRONG_USE = 2

interface Call extends Surroundings {
  readonly args: readonly string[]
}

/** Runs one command, says what went wrong with it, and gives the exit code; `args` are those behind `p2c`. Throws nothing. */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode = 0
  const program = createProgram({
    ...surroundings,
    version: manifest.version,
    onExit: (code) => {
      exitCode = code
    },
  })
  for (const command of [program, ...program.commands, ...program.commands.flatMap((parent) => parent.commands)]) {
    command.exitOverride()
    command.configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      writeErr: (text) => void surroundings.stderr.write(text),
    })
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    return report(error, { ...surroundings, args })
  }
}

/** Prints what went wrong: one line of JSON where the caller asked for JSON, words otherwise. */
function report(error: unknown, call: Call): number {
  if (error instanceof CommanderError) return reportUse(error, call)
  const problem = toAppError(error)
  if (call.args.includes('--json')) {
    writeJson(call, { category: problem.category, code: problem.code, message: problem.message, details: problem.details })
  } else {
    const messages = createMessages(languageAsked(call.args) ?? localeOf(call.env))
    call.stderr.write(`${messages.text('error.title')}: ${problem.message} (${messages.text('error.code', { code: problem.code })})\n`)
    if (call.env.P2C_DEBUG !== undefined) call.stderr.write(`${problem.stack}\n`)
  }
  return 1
}

/** The text is on standard error already; a program that asked for JSON gets its line in any case. */
function reportUse(error: CommanderError, call: Call): number {
  if (error.exitCode === 0) return 0
  const message = error.code === 'commander.help' ? 'A command is missing. See: p2c --help' : error.message.replace(/^error: /, '')
  if (call.args.includes('--json')) writeJson(call, { category: 'schema', code: 'wrong-use', message, details: {} })
  return WRONG_USE
}

function writeJson({ stdout }: Call, error: Readonly<Record<string, unknown>>): void {
  stdout.write(`${JSON.stringify({ error })}\n`)
}

/** `--lang` as given: a failure may come before the options are parsed. */
function languageAsked(args: readonly string[]): Locale | undefined {
  const position = args.indexOf('--lang')
  const value = position >= 0 ? args[position + 1] : args.find((text) => text.startsWith('--lang='))?.slice('--lang='.length)
  return LOCALES.find((locale) => locale === value)
}
