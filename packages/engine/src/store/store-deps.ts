import type { Clock, Ids } from '@p2c/base'

/** What the store takes from outside: times, ids, and the key that secrets are encrypted with. */
export interface StoreDeps {
  readonly clock: Clock
  readonly ids: Ids
  readonly secretsKey?: Uint8Array
}
