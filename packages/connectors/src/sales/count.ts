import type { ReadRequest } from '@p2c/engine'
import type { SalesReadContext } from './read.ts'
import { deltaTokenOf } from './source-position.ts'

/**
 * How many rows a read will give, by one request: of an increment the number of changes (Dataverse Web API 12), else all rows of the table,
 * as `RetrieveTotalRecordCount` knows them; `/$count` stops at 5,000 (11.1), where progress begins to matter.
 */
export async function countRows(
  { client, catalogue }: SalesReadContext,
  request: ReadRequest,
  signal: AbortSignal,
): Promise<number | undefined> {
  const table = await catalogue.tableOfSet(request.entity, signal)
  if (request.position !== undefined) {
    const token = deltaTokenOf(request.position)
    return token === undefined ? undefined : client.getCount(`${table.entitySetName}/$count?$deltatoken=${token}`, signal)
  }
  const path = `RetrieveTotalRecordCount(EntityNames=@p1)?@p1=["${table.logicalName}"]`
  const { body } = await client.get({ path }, signal)
  const collection = body.EntityRecordCountCollection as { readonly Values?: readonly unknown[] } | undefined
  const count = Number(collection?.Values?.[0])
  return Number.isSafeInteger(count) ? count : undefined
}
