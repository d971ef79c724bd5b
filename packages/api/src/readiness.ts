import { z } from 'zod'

/**
 * `passed`; `failed`: projects of the set would not work; `warning`: some rows would not; `unknown`: the system does not tell; `fixed`: failed, and was
 * mended by this call.
 */
export const CHECK_STATUSES = ['passed', 'failed', 'warning', 'unknown', 'fixed'] as const
export type CheckStatus = (typeof CHECK_STATUSES)[number]

/** Where a check looks, and where its remedy is applied. */
export const CHECK_SIDES = ['sales', 'supply-chain', 'common-data-service', 'both', 'integrator'] as const
export type CheckSide = (typeof CHECK_SIDES)[number]

export const readinessCheck = z.object({
  id: z.string().describe('stable name of the check'),
  title: z.string(),
  side: z.enum(CHECK_SIDES),
  status: z.enum(CHECK_STATUSES),
  found: z.string(),
  expected: z.string(),
  remedy: z.string().optional().describe('what to do, and where'),
  canFix: z.boolean().describe('a call with fix would mend it'),
  items: z.array(z.string()).describe('what is missing or wrong, one by one; the first of them'),
})
export type ReadinessCheck = z.infer<typeof readinessCheck>

export const readiness = z
  .object({
    connectionSetName: z.string(),
    ready: z.boolean().describe('no check failed'),
    checks: z.array(readinessCheck),
    seconds: z.number(),
  })
  .meta({ id: 'Readiness', description: 'Whether both sides fulfil what the projects of a connection set need' })
export type Readiness = z.infer<typeof readiness>

export const checkReadiness = z.object({ fix: z.boolean().default(false).describe('set what can be set, then check again') })
