import type { Operation } from './operation.ts'
import { ACTIONS } from './operations/actions.ts'
import { BATCH } from './operations/batch.ts'
import { COMMANDS, ORDER_TO_CASH } from './operations/commands.ts'
import { COMPANY } from './operations/company.ts'
import { ERRORS } from './operations/errors.ts'
import { EVENTS } from './operations/events.ts'
import { INTEGRATIONS } from './operations/integrations.ts'
import { JOBS, TRACKING_MODES } from './operations/jobs.ts'
import { KEYS } from './operations/keys.ts'
import { METADATA, SERVICE } from './operations/metadata.ts'
import { OPTIONS } from './operations/options.ts'
import { OTHER } from './operations/other.ts'
import { PACKAGE_EXPORT } from './operations/package-export.ts'
import { PACKAGE_IMPORT } from './operations/package-import.ts'
import { PROTECTION } from './operations/protection.ts'
import { EXPAND, FILTERS, NOT_IN_QUERIES } from './operations/queries.ts'
import { CREATE, DELETE, READ, UPDATE } from './operations/rows.ts'
import { SERVICES } from './operations/services.ts'
import { SIGN_IN } from './operations/sign-in.ts'
import { VALUES } from './operations/values.ts'

/** Every operation of the conformance run and of the coverage page, by area. */
export const OPERATIONS: readonly Operation[] = [
  ...SIGN_IN,
  ...SERVICE,
  ...METADATA,
  ...COMPANY,
  ...KEYS,
  ...VALUES,
  ...CREATE,
  ...READ,
  ...UPDATE,
  ...DELETE,
  ...OPTIONS,
  ...FILTERS,
  ...EXPAND,
  ...NOT_IN_QUERIES,
  ...ACTIONS,
  ...BATCH,
  ...ERRORS,
  ...SERVICES,
  ...PACKAGE_IMPORT,
  ...PACKAGE_EXPORT,
  ...INTEGRATIONS,
  ...TRACKING_MODES,
  ...EVENTS,
  ...JOBS,
  ...COMMANDS,
  ...ORDER_TO_CASH,
  ...PROTECTION,
  ...OTHER,
]
