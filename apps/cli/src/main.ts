#!/usr/bin/env node
import { runCommandLine } from './command-line.ts'

/** `p2c errors | head`: the reader is gone, so there is nobody to tell. */
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error
  process.exit(1)
})

const { env, stdout, stderr } = process
process.exitCode = await runCommandLine(process.argv.slice(2), { env, stdout, stderr })
