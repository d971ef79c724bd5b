import { isAppError } from '@p2c/base'
import type { SalesClient } from './sales-client.ts'

/** Whether a table takes bulk messages: data of the environment (Dataverse Web API 14), read once per table. */
export interface BulkMessages {
  isAvailable(logicalName: string, signal: AbortSignal): Promise<boolean>
}

export function createBulkMessages(client: SalesClient): BulkMessages {
  const known = new Map<string, Promise<boolean>>()
  return {
    isAvailable(logicalName, signal) {
      const answer = known.get(logicalName) ?? hasBoth(client, logicalName, signal)
      known.set(logicalName, answer)
      answer.catch(() => known.delete(logicalName))
      return answer
    },
  }
}

async function hasBoth(client: SalesClient, logicalName: string, signal: AbortSignal): Promise<boolean> {
  const found = await Promise.all(
    ['CreateMultiple', 'UpdateMultiple'].map((message) => hasMessage(client, { message, logicalName }, signal)),
  )
  return found.every((has) => has)
}

async function hasMessage(client: SalesClient, filter: { message: string; logicalName: string }, signal: AbortSignal): Promise<boolean> {
  const query = '$select=sdkmessagefilterid&$filter=sdkmessageid/name eq @m and primaryobjecttypecode eq @t'.replaceAll(' ', '%20')
  const path = `sdkmessagefilters?${query}&@m='${filter.message}'&@t='${filter.logicalName}'`
  try {
    return (await client.getAll({ path }, signal)).length > 0
  } catch (error) {
    // Without the list, or the right to read it, the slower way always works.
    if (isAppError(error) && !error.retryable && error.details.status !== undefined) return false
    throw error
  }
}
