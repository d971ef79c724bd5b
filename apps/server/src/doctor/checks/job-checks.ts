import { together } from '../fact.ts'
import type { Facts } from '../facts/facts.ts'
import type { BatchJob } from '../facts/supply-chain-facts.ts'
import { releaseOf } from '../release-table.ts'
import { type Check, failed, judging, listed, passed, unless, type Verdict, warning } from '../verdict.ts'
import { parseVersion } from '../version.ts'
import { overCompanies } from './supply-chain-setting-checks.ts'

const ACTIONS = '/data/BatchJobs/Microsoft.Dynamics.DataEntities.'
const job = (name: string) => ({ environmentType: 'AX', method: 'POST', path: `${ACTIONS}${name}`, body: {} }) as const

/** The one-time jobs, and the one that recurs (templates specification, 4). */
export const JOB_CHECKS: readonly Check<Facts>[] = [
  {
    id: 'populate-prospect-to-cash',
    title: 'SalesPopulateProspectToCash has run',
    side: 'supply-chain',
    // Later releases number their lines as they are made.
    applies: ({ supplyChain }) =>
      !supplyChain.application.known || is1611(supplyChain.application.value) || hasUnnumbered(supplyChain.companies),
    judge: (facts) =>
      overCompanies(
        facts,
        { expected: 'no line without LineCreationSequenceNumber', of: (company) => company.unnumberedLines },
        (found) => {
          const items = found.flatMap(({ company, value }) => value.map((entity) => `${entity} in ${company}`))
          return unless(items, {
            expected: 'no line without LineCreationSequenceNumber',
            found: `lines without a number: ${listed(items)}`,
            remedy:
              'Append &mi=action:SalesPopulateProspectToCash to the address of the environment and choose OK; once, after the hotfixes.',
            fix: facts.supplyChain.isLocal ? [job('SalesPopulateProspectToCash')] : [],
          })
        },
      ),
  },
  {
    id: 'distinct-products',
    title: 'Populate distinct product table has run',
    side: 'supply-chain',
    applies: ({ needs }) => needs.moves.products,
    judge: (facts) =>
      overCompanies(facts, { expected: 'every released product is distinct', of: (company) => company.undistinctProducts }, (found) => {
        const items = found.flatMap(({ company, value }) => value.map((item) => `${item} in ${company}`))
        return unless(items, {
          expected: 'every released product is distinct',
          found: `${items.length} products are not: ${listed(items)}`,
          remedy: 'Search for Populate distinct product table and run it, once: until then these products are not exported.',
          fix: facts.supplyChain.isLocal ? [job('PopulateDistinctProductTable')] : [],
        })
      }),
  },
  {
    id: 'sales-totals-job',
    title: 'Calculate sales totals runs again and again',
    side: 'supply-chain',
    applies: ({ needs }) => needs.moves.ordersToSales,
    judge: judgeTotals,
  },
]

const is1611 = (application: string): boolean => releaseOf(parseVersion(application) ?? [])?.line[1] === 1

const hasUnnumbered = (companies: Facts['supplyChain']['companies']): boolean =>
  companies.some(({ unnumberedLines }) => unnumberedLines.known && unnumberedLines.value.length > 0)

/** Where the class of a job is not told, its description is all there is. */
const isTotals = ({ jobClass, description }: BatchJob): boolean =>
  jobClass === '' ? /sales totals/i.test(description) : jobClass === 'CalculateSalesTotals'

/** Minutes between two runs that keep pace with executions. */
const TOTALS_MINUTES = 5

const LIVE = ['Waiting', 'Executing', 'Ready']

function judgeTotals({ supplyChain }: Facts): Verdict {
  const expected = 'a batch job that waits or executes, with a recurrence'
  const remedy =
    'Sales and marketing, Periodic tasks, Calculate sales totals: Calculate totals for sales orders Yes, run in the background, with a recurrence like that of the project. Orders without totals are not exported.'
  const hint = 'System administration, Batch jobs: see whether Calculate sales totals waits there with a recurrence.'
  return judging(together({ jobs: supplyChain.batchJobs }), { expected, hint }, ({ jobs }) => {
    const totals = jobs.filter(isTotals)
    const live = totals.filter(({ status }) => LIVE.includes(status))
    if (live.some(({ recurrence }) => recurrence !== undefined && recurrence > 0))
      return passed(expected, `recurs every ${live[0]?.recurrence} minutes`)
    if (live.some(({ recurrence }) => recurrence === undefined))
      return warning({ expected, found: 'a job waits; the system does not tell its recurrence', remedy: hint })
    const [known] = totals
    const body = { Status: 'Waiting', RecurrenceMinutes: TOTALS_MINUTES }
    const fix =
      known === undefined
        ? ({
            environmentType: 'AX',
            method: 'POST',
            path: '/data/BatchJobs',
            body: { JobDescription: 'Calculate sales totals', JobClass: 'CalculateSalesTotals', ...body },
          } as const)
        : ({ environmentType: 'AX', method: 'PATCH', path: `/data/BatchJobs(BatchJobRecId=${known.id})`, body } as const)
    const found =
      known === undefined ? 'no such job' : `a job with status ${known.status}${known.recurrence === 0 ? ' and no recurrence' : ''}`
    return failed({ expected, found, remedy, fix: supplyChain.isLocal ? [fix] : [] })
  })
}
