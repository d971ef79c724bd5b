import type { RowFailure } from '../model/connector.ts'
import { sameRowKey } from './load.ts'
import type { TransformedPage } from './transform.ts'

/**
 * Leaves one source row to each destination key: the one that owns it already, else the first of the page. A further one would overwrite it with each
 * execution and be overwritten in turn; it is refused as `key-not-unique` (templates specification 7.8).
 */
export function refuseCollisions(page: TransformedPage, known: ReadonlyMap<string, string>): TransformedPage {
  const owners = new Map(known)
  const refused: TransformedPage['failed'][number][] = []
  const mapped = page.mapped.filter(({ source, destinationKey }) => {
    const key = sameRowKey(destinationKey)
    const owner = owners.get(key) ?? source.key
    owners.set(key, owner)
    if (owner === source.key) return true
    refused.push({ source, failure: notUnique(destinationKey, { owner, sourceKey: source.key }), overtaken: false })
    return false
  })
  return refused.length === 0 ? page : { ...page, mapped, failed: [...page.failed, ...refused] }
}

const notUnique = (destinationKey: string, { owner, sourceKey }: { readonly owner: string; readonly sourceKey: string }): RowFailure => ({
  category: 'conflict',
  code: 'key-not-unique',
  message: `The destination row '${destinationKey}' belongs to the source row '${owner}' already, and '${sourceKey}' has the same key there. Renumber one of the two, or extend the integration key of the destination.`,
  details: { destinationKey, owner },
})
