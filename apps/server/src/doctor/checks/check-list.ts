import type { Facts } from '../facts/facts.ts'
import type { Check } from '../verdict.ts'
import { CATALOGUE_CHECKS } from './catalogue-checks.ts'
import { CONNECTION_CHECKS } from './connection-checks.ts'
import { JOB_CHECKS } from './job-checks.ts'
import { KEY_CHECKS } from './key-checks.ts'
import { RIGHTS_CHECKS } from './rights-checks.ts'
import { SALES_SETTING_CHECKS } from './sales-setting-checks.ts'
import { SUPPLY_CHAIN_SETTING_CHECKS } from './supply-chain-setting-checks.ts'
import { VERSION_CHECKS } from './version-checks.ts'

/** Every check in the order of its report: what stands first keeps what stands behind it from working. */
export const CHECKS: readonly Check<Facts>[] = [
  ...CONNECTION_CHECKS,
  ...VERSION_CHECKS,
  ...RIGHTS_CHECKS,
  ...JOB_CHECKS,
  ...SALES_SETTING_CHECKS,
  ...CATALOGUE_CHECKS,
  ...SUPPLY_CHAIN_SETTING_CHECKS,
  ...KEY_CHECKS,
]
