import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from '../decision.ts'
import { at, EMPTY_DATE, type FieldValues, isSameText } from '../field-value.ts'
import { refuseField, refuseRow } from '../messages.ts'

const KEY = ['LedgerName', 'Calendar', 'YearName', 'PeriodName'] as const

const isSamePeriod = (left: FieldValues, right: FieldValues): boolean => KEY.every((name) => isSameText(at(left, name), at(right, name)))

/** A period whose days are not entered yet has none. */
const hasDays = (row: FieldValues): boolean => at(row, 'EndDate') > EMPTY_DATE

const overlaps = (left: FieldValues, right: FieldValues): boolean =>
  hasDays(left) && hasDays(right) && at(left, 'StartDate') <= at(right, 'EndDate') && at(right, 'StartDate') <= at(left, 'EndDate')

/** A day lies in one period of a ledger calendar: otherwise it could be open and closed at once. */
function decidePeriod({ row, facts }: WriteCandidate): Decision {
  if (hasDays(row) && at(row, 'EndDate') < at(row, 'StartDate')) return refuse(refuseField('EndDate', 'L102'))
  const other = facts
    .findAll('LedgerFiscalPeriod', 'LegalEntityId', at(row, 'LegalEntityId'))
    .filter((each) => isSameText(at(each, 'LedgerName'), at(row, 'LedgerName')) && isSameText(at(each, 'Calendar'), at(row, 'Calendar')))
    .find((each) => !isSamePeriod(each, row) && overlaps(each, row))
  return other === undefined ? accept(row) : refuse(refuseRow('L103', at(row, 'PeriodName'), at(other, 'PeriodName')))
}

/** Fiscal period maintenance: periods are opened, held and closed by writing them. Source: Supply Chain specification, section 7. */
export const FISCAL_PERIOD_RULES: TableRules = {
  questions: (row) => [{ entityName: 'LedgerFiscalPeriod', field: 'LegalEntityId', value: at(row, 'LegalEntityId'), isMany: true }],
  decide: decidePeriod,
}
