import type { CommandContext } from '../context.ts'
import { fetchToken } from '../installation/installation.ts'
import { PROGRAM_PARTS, type ProgramPart } from '../installation/programs.ts'

/** The parts of an installation that take bearer tokens. */
export const TOKEN_TARGETS = PROGRAM_PARTS
export type TokenTarget = ProgramPart

/** Prints a bearer token of a running local part, and nothing else, so that a shell can take it up. */
export async function token(context: CommandContext, target: TokenTarget): Promise<number> {
  const value = await fetchToken(context.dataDir, target)
  context.output.text(value)
  context.output.result({ target, token: value })
  return 0
}
