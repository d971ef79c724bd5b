import type { Operation } from './operation.ts'
import { BATCH, BULK } from './operations/batch.ts'
import { CREATE } from './operations/create.ts'
import { CHANGES, FETCH, STORED_QUERIES } from './operations/fetch.ts'
import { LOOKUPS } from './operations/lookups.ts'
import { SERVICE } from './operations/metadata.ts'
import { OTHER } from './operations/other.ts'
import { AGGREGATION, PAGING } from './operations/paging.ts'
import { QUERIES } from './operations/queries.ts'
import { READ } from './operations/read.ts'
import { DUPLICATES, WEBHOOKS } from './operations/rules.ts'
import { SALES, STATES } from './operations/sales.ts'
import { PROTECTION, SECURITY } from './operations/security.ts'
import { SIGN_IN } from './operations/sign-in.ts'
import { DELETE, UPDATE } from './operations/update.ts'

/** Every operation of the conformance run and of the coverage page, by area. */
export const OPERATIONS: readonly Operation[] = [
  ...SIGN_IN,
  ...SERVICE,
  ...CREATE,
  ...READ,
  ...UPDATE,
  ...DELETE,
  ...LOOKUPS,
  ...QUERIES,
  ...PAGING,
  ...AGGREGATION,
  ...FETCH,
  ...STORED_QUERIES,
  ...CHANGES,
  ...BATCH,
  ...BULK,
  ...SALES,
  ...STATES,
  ...WEBHOOKS,
  ...DUPLICATES,
  ...SECURITY,
  ...PROTECTION,
  ...OTHER,
]
