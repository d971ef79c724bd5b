#!/usr/bin/env node
import { toAppError } from '@p2c/base'
import { CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { createMessages, LOCALES, type Locale, localeOf } from './messages/messages.ts'
import { createProgram } from './program.ts'

/** Exit codes: 0 done, 1 failed, 2 wrong use. */
const WRONG_USE = 2

/** `p2c errors | head`: the reader is gone, so there is nobody to tell. */
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error
  process.exit(1)
})

const program = createProgram({
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  version: manifest.version,
  onExit: (code) => {
    process.exitCode = code
  },
})

for (const command of [program, ...program.commands, ...program.commands.flatMap((parent) => parent.commands)]) command.exitOverride()

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

/** Prints what went wrong: one line of JSON where the caller asked for JSON, words otherwise. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return reportUse(error)
  const problem = toAppError(error)
  if (process.argv.includes('--json')) {
    writeJson({ category: problem.category, code: problem.code, message: problem.message, details: problem.details })
  } else {
    const messages = createMessages(languageAsked() ?? localeOf(process.env))
    process.stderr.write(`${messages.text('error.title')}: ${problem.message} (${messages.text('error.code', { code: problem.code })})\n`)
    if (process.env.P2C_DEBUG !== undefined) process.stderr.write(`${problem.stack}\n`)
  }
  return 1
}

/** The text is on standard error already; a program that asked for JSON gets its line in any case. */
function reportUse(error: CommanderError): number {
  if (error.exitCode === 0) return 0
  const message = error.code === 'commander.help' ? 'A command is missing. See: p2c --help' : error.message.replace(/^error: /, '')
  if (process.argv.includes('--json')) writeJson({ category: 'schema', code: 'wrong-use', message, details: {} })
  return WRONG_USE
}

function writeJson(error: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ error })}\n`)
}

/** `--lang` as given: a failure may come before the options are parsed. */
function languageAsked(): Locale | undefined {
  const position = process.argv.indexOf('--lang')
  const value =
    position >= 0 ? process.argv[position + 1] : process.argv.find((text) => text.startsWith('--lang='))?.slice('--lang='.length)
  return LOCALES.find((locale) => locale === value)
}
