import type { Needs } from '../needs.ts'
import type { SideClient } from '../side-client.ts'

/** What reading a side works with. */
export interface ReadContext {
  readonly client: SideClient
  readonly needs: Needs
  readonly signal: AbortSignal
}

/** Only the local programs say so; whatever else answers is taken for the cloud. */
export async function isLocalProgram(client: SideClient, program: string): Promise<boolean> {
  const answer = await client.send('GET', '/health').catch(() => undefined)
  return answer?.body.program === program
}
