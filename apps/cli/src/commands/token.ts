import type { CommandContext } from '../context.ts'
import { fetchToken } from '../installation/installation.ts'

export const TOKEN_TARGETS = ['sales', 'supply-chain', 'server'] as const
export type TokenTarget = (typeof TOKEN_TARGETS)[number]

/** Prints a bearer token of a running local part, and nothing else, so that a shell can take it up. */
export async function token(context: CommandContext, target: TokenTarget): Promise<number> {
  const value = await fetchToken(context.dataDir, target)
  context.output.text(value)
  context.output.result({ target, token: value })
  return 0
}
