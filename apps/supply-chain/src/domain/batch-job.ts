import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from './decision.ts'
import { type InfologEntry, refuseField, refuseRow } from './messages.ts'

/** States of a batch job. Only the application makes one `Executing`. */
const BATCH_STATUSES = ['Waiting', 'Executing', 'Finished', 'Error', 'Canceled', 'Hold'] as const

/** What a batch job can run. Source: Supply Chain specification, section 7. */
const BATCH_JOB_CLASSES = [
  'PopulateDistinctProductTable',
  'CalculateSalesTotals',
  'SalesPopulateProspectToCash',
  'CustomerAgingSnapshot',
  'RecalculateOnHand',
] as const
/** What a batch job does. */
export type BatchJobClass = (typeof BATCH_JOB_CLASSES)[number]

const sameName = <Name extends string>(names: readonly Name[], given: string): Name | undefined =>
  names.find((name) => name.toLowerCase() === given.toLowerCase())

/** The members of a text that holds one JSON object; blank: none. */
export function readJobParameters(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function decide({ before, row, given }: WriteCandidate): Decision {
  const status = sameName(BATCH_STATUSES, row.Status ?? '')
  const jobClass = row.JobClass === '' ? '' : sameName(BATCH_JOB_CLASSES, row.JobClass ?? '')
  const problems: InfologEntry[] = []
  if (before?.Status === 'Executing') problems.push(refuseRow('L24', before.BatchJobRecId ?? ''))
  if (status === undefined || (status === 'Executing' && given.has('Status') && before?.Status !== status))
    problems.push(refuseField('Status', 'L23', row.Status ?? ''))
  if (jobClass === undefined) problems.push(refuseField('JobClass', 'L25', row.JobClass ?? ''))
  if (readJobParameters(row.JobParameters ?? '') === undefined) problems.push(refuseField('JobParameters', 'L26'))
  if ((row.RecurrenceMinutes ?? '').startsWith('-')) problems.push(refuseField('RecurrenceMinutes', 'L04', 'Recurrence minutes'))
  return problems.length > 0 ? refuse(...problems) : accept({ ...row, Status: status ?? '', JobClass: jobClass ?? '' })
}

/** Batch jobs: a known class and status; one that executes is left alone. */
export const BATCH_JOB_RULES: TableRules = { numbered: { BatchJobRecId: 'BatchJobRecId' }, decide }
