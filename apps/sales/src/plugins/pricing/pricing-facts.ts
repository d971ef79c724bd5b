import { type Decimal, decimal, roundTo } from '@p2c/base'
import { type ColumnValue, type PluginContext, type Row, refuse } from '@p2c/dataverse'
import type { HeaderInputs } from '../../domain/pricing/document-totals.ts'
import type { PricingTerms } from '../../domain/pricing/line-price.ts'
import { isKeptExternally, isPricingOn, type PricingOccasion, type PricingSettings } from '../../domain/pricing/pricing-runs.ts'
import { lockHeaders } from '../documents/document-locks.ts'
import { idOf } from '../row-values.ts'
import { amountOf, integerOf } from './decimal-values.ts'
import type { PricedDocument } from './pricing-documents.ts'

export interface Currency {
  readonly id: string
  /** Decimals of amounts. */
  readonly decimals: number
  readonly exchangeRate: Decimal
}

/** What the organisation says about prices, and its currencies. */
export interface PricingFacts {
  readonly settings: PricingSettings
  readonly baseCurrencyId: string
  readonly currencies: ReadonlyMap<string, Currency>
}

/** What reading needs of the context of a plug-in; actions have it too. */
export type PricingContext = Pick<PluginContext, 'service' | 'sql' | 'isIntegrationUser'>

interface StoredFacts {
  readonly enabled: boolean | null
  readonly on_create: boolean | null
  readonly mandatory: boolean | null
  readonly method: number | null
  readonly decimals: number | null
  readonly integrated: boolean | null
  readonly base: string
  readonly id: string
  readonly precision: number | null
  readonly rate: string | null
}

/** Settings and currencies in one statement: every priced write reads them. Source: Sales 1.14. */
export async function readPricingFacts(context: Pick<PluginContext, 'sql'>): Promise<PricingFacts> {
  const { rows } = await context.sql.query<StoredFacts & { readonly [column: string]: unknown }>(
    `select o.oobpricecalculationenabled as enabled, o.enablepricingoncreate as on_create, o.ispricelistmandatory as mandatory,
       o.discountcalculationmethod as method, o.pricingdecimalprecision as decimals, o.issopintegrationenabled as integrated,
       o.basecurrencyid as base, c.transactioncurrencyid as id, c.currencyprecision as precision, c.exchangerate as rate
     from organization o cross join transactioncurrency c`,
  )
  const first = rows[0]
  return {
    settings: {
      isEnabled: first?.enabled !== false,
      isEnabledOnCreate: first?.on_create !== false,
      isPriceListMandatory: first?.mandatory !== false,
      discountMethod: first?.method ?? 0,
      pricingDecimals: first?.decimals ?? 2,
      isOrderProcessingIntegrated: first?.integrated === true,
    },
    baseCurrencyId: first?.base ?? '',
    currencies: new Map(rows.map((row) => [row.id, { id: row.id, decimals: row.precision ?? 2, exchangeRate: decimal(row.rate ?? '1') }])),
  }
}

/** The currency of a lookup; rows without one are in the base currency. */
export function currencyOf(value: ColumnValue | undefined, facts: PricingFacts): Currency {
  const id = idOf(value) ?? facts.baseCurrencyId
  return facts.currencies.get(id) ?? refuse({ code: '0x80048cfc', message: `The currency ${id} is not valid.` })
}

export interface PriceList {
  readonly id: string
  readonly name: string
  readonly isActive: boolean
  readonly currencyId: string | null
}

export async function readPriceLists(
  context: Pick<PluginContext, 'service'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, PriceList>> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map()
  const columns = ['name', 'statecode', 'transactioncurrencyid']
  const rows = await context.service.find({ table: 'pricelevel', columns, where: { pricelevelid: wanted } })
  return new Map(
    rows.map((row) => {
      const id = String(row.pricelevelid)
      return [id, { id, name: String(row.name), isActive: row.statecode === 0, currencyId: idOf(row.transactioncurrencyid) }]
    }),
  )
}

/** A header with what its lines are priced by. */
export interface PricedHeader {
  readonly id: string
  readonly row: Row
  readonly currency: Currency
  readonly list: PriceList | null
  readonly terms: PricingTerms
}

/**
 * Locks headers in the order of their ids, so that writers of one document's lines take turns, and reads what its prices depend on;
 * price lists only where lines are to be priced. A header that does not exist is refused (404 `0x80040217`).
 */
export async function lockPricedHeaders(
  context: PricingContext,
  document: PricedDocument,
  request: { readonly ids: readonly string[]; readonly facts: PricingFacts; readonly isForLines: boolean },
): Promise<ReadonlyMap<string, PricedHeader>> {
  const { facts } = request
  const rows = await lockHeaders(context, document, { ids: request.ids, columns: document.headerColumns })
  const missing = request.ids.find((id) => !rows.has(id))
  if (missing !== undefined) refuse({ code: '0x80040217', status: 404, message: `${document.header} With Id = ${missing} Does Not Exist` })
  const listIds = request.isForLines ? [...rows.values()].flatMap((row) => idOf(row.pricelevelid) ?? []) : []
  const lists = await readPriceLists(context, listIds)
  return new Map([...rows].map(([id, row]) => [id, toHeader(id, row, { facts, lists })]))
}

function toHeader(
  id: string,
  row: Row,
  context: { readonly facts: PricingFacts; readonly lists: ReadonlyMap<string, PriceList> },
): PricedHeader {
  const { facts } = context
  const currency = currencyOf(row.transactioncurrencyid, facts)
  const list = context.lists.get(idOf(row.pricelevelid) ?? '') ?? null
  const { isPriceListMandatory, discountMethod, pricingDecimals } = facts.settings
  return {
    id,
    row,
    currency,
    list,
    terms: { list, isPriceListMandatory, discountMethod, pricingDecimals, currencyDecimals: currency.decimals },
  }
}

/** Does the engine price this write of the header's lines? */
export const isPricingOnLines = (
  document: PricedDocument,
  header: PricedHeader,
  write: { readonly occasion: PricingOccasion; readonly facts: PricingFacts; readonly isIntegrationUser: boolean },
): boolean =>
  isPricingOn(
    {
      document: document.header,
      part: 'line',
      occasion: write.occasion,
      statecodes: [header.row.statecode],
      isIntegrationUser: write.isIntegrationUser,
    },
    write.facts.settings,
  )

/** What is entered for a whole document, each amount as its column will store it. */
export const headerInputs = (read: (column: string) => ColumnValue, decimals: number): HeaderInputs => ({
  discountPercentage: amountOf(read('discountpercentage')),
  discountAmount: roundTo(amountOf(read('discountamount')), decimals),
  freightAmount: roundTo(amountOf(read('freightamount')), decimals),
})

/** Prices of the catalogue do not reach the lines of this document. */
export const isPriceLocked = (row: Readonly<Row>): boolean => row.ispricelocked === true

/** Another system has this document in hand. */
export const isKept = (row: Readonly<Row>): boolean =>
  isKeptExternally({
    isMaintainedExternally: row.msdynce_ismaintainedexternally === true,
    processingStatus: integerOf(row.msdynce_processingstatus),
  })
