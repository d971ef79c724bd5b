import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from './decision.ts'
import { type InfologEntry, refuseField } from './messages.ts'

const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i
const OPERATIONS = ['Import', 'Export']
const FORMATS = ['CSV-Unicode', 'CSV', 'XML-Element', 'XML-Attribute']

/** The id of an activity in lower case without braces; undefined for what is no GUID. */
export const readActivityId = (text: string): string | undefined => GUID.exec(text)?.[1]?.toLowerCase()

const oneOf = (names: readonly string[], given: string): string | undefined =>
  names.find((name) => name.toLowerCase() === given.toLowerCase())

function decide({ row }: WriteCandidate): Decision {
  const activityId = readActivityId(row.ActivityId ?? '')
  const operation = oneOf(OPERATIONS, row.OperationType ?? '')
  const format = row.SourceFormat === '' ? '' : oneOf(FORMATS, row.SourceFormat ?? '')
  const problems: InfologEntry[] = []
  if (activityId === undefined) problems.push(refuseField('ActivityId', 'L27', row.ActivityId ?? ''))
  if (operation === undefined) problems.push(refuseField('OperationType', 'L28', row.OperationType ?? '', OPERATIONS.join(', ')))
  if (format === undefined) problems.push(refuseField('SourceFormat', 'L28', row.SourceFormat ?? '', FORMATS.join(', ')))
  if ((row.RecurrenceMinutes ?? '').startsWith('-')) problems.push(refuseField('RecurrenceMinutes', 'L04', 'Recurrence minutes'))
  if (problems.length > 0) return refuse(...problems)
  return accept({ ...row, OperationType: operation ?? '', SourceFormat: format ?? '' })
}

/** Recurring data jobs: an activity id that is a GUID, a direction, a format that can be read. */
export const RECURRING_DATA_JOB_RULES: TableRules = { decide }
