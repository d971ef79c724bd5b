import { z } from 'zod'

export const budget = z
  .object({
    identity: z.string().describe('address and client id'),
    requestsPerSecond: z.number().optional().describe('of all workers together; absent: nothing limits them'),
    pausedUntil: z.string().optional().describe('nothing is sent before; absent: no pause'),
    lastThrottledAt: z.string().optional().describe('when the system last asked for fewer requests'),
    remainingRequests: z.number().optional().describe("left in the service's window, as it said last"),
  })
  .meta({ id: 'Budget', description: 'The allowance of requests that all workers share for one identity at one system' })
export type Budget = z.infer<typeof budget>
