import { type Decimal, decimal, type SqlRunner } from '@p2c/base'
import { type DisplayFactor, type ExchangeRate, exchangeAmount, findExchangeRate } from '../domain/exchange.ts'
import { type InfologEntry, refuseRow } from '../domain/messages.ts'
import { oncePerTransaction } from '../store/once-per-transaction.ts'

/** The rate type of the ledger. Lines of another type serve only a pair that has none of this one. */
const LEDGER_RATE_TYPE = 'Default'

const CENT = decimal('0.01')

/** Rates of one company, loaded: amounts of several documents are exchanged without further statements. */
export interface AccountingExchange {
  readonly accountingCurrency: string
  /** Amounts in the accounting currency are multiples of this. */
  readonly step: Decimal
  /** Units of the accounting currency for one unit of `currencyCode`; undefined where no rate is valid on the day. */
  rate(currencyCode: string, on: string): Decimal | undefined
  /** The amount in the accounting currency, rounded; undefined where no rate is valid on the day. */
  toAccounting(amount: Decimal, currencyCode: string, on: string): Decimal | undefined
  /** E29 for a pair without rate. */
  missing(currencyCode: string, on: string): InfologEntry
}

/**
 * Loads the accounting currency of a company with the rates between it and `currencyCodes`: two statements. A company without an accounting
 * currency counts in the currency of its documents: every rate is 1. Source: Supply Chain specification, 1.2 no. 4.
 */
export async function loadExchange(
  sql: SqlRunner,
  { dataAreaId, currencyCodes }: { readonly dataAreaId: string; readonly currencyCodes: readonly string[] },
): Promise<AccountingExchange> {
  const { accountingCurrency, step } = await readAccountingCurrency(sql, dataAreaId)
  const foreign = currencyCodes.filter((code) => code.toLowerCase() !== accountingCurrency.toLowerCase())
  const rates = accountingCurrency === '' || foreign.length === 0 ? [] : await readRates(sql, accountingCurrency, foreign)
  const target = (currencyCode: string) => (accountingCurrency === '' ? currencyCode : accountingCurrency)
  return {
    accountingCurrency,
    step,
    rate: (from, on) => findExchangeRate({ from, to: target(from), on }, rates),
    toAccounting: (amount, from, on) => exchangeAmount(amount, { from, to: target(from), on }, { rates, step }),
    missing: (from, on) => refuseRow('E29', from, accountingCurrency, on),
  }
}

/** The currency that a company keeps its books in, blank where it names none, and what amounts in it are multiples of; once per transaction. */
export const readAccountingCurrency = (sql: SqlRunner, dataAreaId: string): Promise<{ accountingCurrency: string; step: Decimal }> =>
  oncePerTransaction(sql, `accounting currency of ${dataAreaId.toLowerCase()}`, () => loadAccountingCurrency(sql, dataAreaId))

async function loadAccountingCurrency(sql: SqlRunner, dataAreaId: string): Promise<{ accountingCurrency: string; step: Decimal }> {
  const { rows } = await sql.query<{ currency: string; step: string | null }>(
    `select e.accounting_currency as currency, c.general_rounding_rule::text as step from legal_entity e
     left join currency c on lower(c.currency_code) = lower(e.accounting_currency) where lower(e.legal_entity_id) = lower($1)`,
    [dataAreaId],
  )
  const step = decimal(rows[0]?.step ?? '0')
  return { accountingCurrency: rows[0]?.currency ?? '', step: step.isZero() ? CENT : step }
}

interface RateRow {
  readonly from_currency: string
  readonly to_currency: string
  readonly start_date: string
  readonly end_date: string
  readonly rate: string
  readonly conversion_factor: DisplayFactor
  readonly rate_type_name: string
}

/** The rates between one currency and others, of the rate type of the ledger where a pair has one of it. */
export async function readRates(sql: SqlRunner, accounting: string, foreign: readonly string[]): Promise<ExchangeRate[]> {
  const { rows } = await sql.query<RateRow>(
    `select r.from_currency, r.to_currency, r.start_date::text, r.end_date::text, r.rate::text, r.conversion_factor, r.rate_type_name
     from exchange_rate r
     where (lower(r.to_currency) = lower($1) and lower(r.from_currency) in (select lower(f) from unnest($2::text[]) f))
        or (lower(r.from_currency) = lower($1) and lower(r.to_currency) in (select lower(f) from unnest($2::text[]) f))
     order by lower(r.rate_type_name), r.rec_id`,
    [accounting, foreign],
  )
  const pairs = Map.groupBy(rows, (row) => `${row.from_currency}\u0001${row.to_currency}`.toLowerCase())
  return [...pairs.values()].flatMap((pair) => ofLedgerType(pair).map(toRate))
}

function ofLedgerType(rows: readonly RateRow[]): readonly RateRow[] {
  const own = rows.filter((row) => row.rate_type_name.toLowerCase() === LEDGER_RATE_TYPE.toLowerCase())
  return own.length > 0 ? own : rows
}

const toRate = (row: RateRow): ExchangeRate => ({
  fromCurrency: row.from_currency,
  toCurrency: row.to_currency,
  startDate: row.start_date,
  endDate: row.end_date,
  rate: decimal(row.rate),
  factor: row.conversion_factor,
})
