import { createHash } from 'node:crypto'
import { stringifyJson } from '@p2c/odata'
import type { ConnectorSettings } from '../http/connector-settings.ts'
import { createHttpClient } from '../http/http-client.ts'
import { salesError } from './sales-error.ts'

const PATH = '/local/solution/uses/'
/** First wait after a 429 without `Retry-After`. */
const THROTTLE_DELAY_MS = 1000

/**
 * Tells the local Sales application which projects use its Prospect to Cash solution, so that it is not uninstalled under them. Gives how
 * many it took: a cloud environment has no such place (404), and none is told there. Throws what reaching the application throws.
 */
export async function registerSolutionUses(settings: ConnectorSettings, projects: readonly string[], signal: AbortSignal): Promise<number> {
  const http = createHttpClient(settings, { throttleDelayMs: THROTTLE_DELAY_MS })
  const root = settings.root.replace(/\/+$/, '')
  try {
    let told = 0
    for (const name of projects) {
      const url = `${root}${PATH}${keyOf(name)}`
      const headers = { accept: 'application/json', 'content-type': 'application/json' }
      const response = await http.send({ method: 'PUT', url, headers, body: stringifyJson({ name }) }, signal)
      if (response.status === 404) return told
      if (response.status >= 300) throw salesError(response.status, {}, { path: PATH })
      told += 1
    }
    return told
  } finally {
    await http.close()
  }
}

/** The same for the same project each time, and fit for an address whatever its name. */
const keyOf = (project: string): string => createHash('sha256').update(project.toLowerCase()).digest('hex').slice(0, 32)
