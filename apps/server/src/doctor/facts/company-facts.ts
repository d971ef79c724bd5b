import type { Fact } from '../fact.ts'
import type { Needs } from '../needs.ts'
import { messageOf, readFact, type SideClient, type SideRow } from '../side-client.ts'
import { companyFilter, member, quoted } from './odata-text.ts'
import type { ReadContext } from './read-context.ts'

export interface NumberSequence {
  readonly dataType: string
  readonly scope: string
  readonly code: string
  readonly format: string
  readonly isManual: boolean
}

/** All that is read of one legal entity of Supply Chain, once. */
export interface CompanyFacts {
  readonly company: string
  readonly customerGroups: Fact<readonly string[]>
  readonly sites: Fact<readonly string[]>
  readonly warehouses: Fact<readonly string[]>
  readonly decisionRoles: Fact<readonly string[]>
  /** Origin types that sales origin codes are assigned to. */
  readonly originTypes: Fact<readonly string[]>
  /** Units in which sellable products are sold. */
  readonly sellingUnits: Fact<readonly string[]>
  readonly productCurrencies: Fact<readonly string[]>
  /** Currencies of orders and invoices that go to Sales. */
  readonly documentCurrencies: Fact<readonly string[]>
  /** Released products that the list of distinct products lacks. */
  readonly undistinctProducts: Fact<readonly string[]>
  /** Entities with lines that carry no creation sequence number. */
  readonly unnumberedLines: Fact<readonly string[]>
  /** Sequences of quotations and orders; empty where none is set up. */
  readonly numberSequences: Fact<readonly NumberSequence[]>
  /** Items whose delivery date control is not None. */
  readonly controlledItems: Fact<readonly string[]>
  /** Entities that the integration may not read or write here, in words. */
  readonly refusals: Fact<readonly string[]>
}

const DOCUMENTS = ['CDSSalesOrderHeaders', 'ExternallyMaintainedCustomerSalesInvoiceHeaders'] as const
const LINES = ['CDSSalesQuotationLines', 'CDSSalesOrderLines', 'ExternallyMaintainedCustomerSalesInvoiceLines'] as const

/** Different values of a field at most: there are no more units and currencies in use. */
const MOST_DIFFERENT = 250

export async function readCompany({ client, needs, signal }: ReadContext, company: string): Promise<CompanyFacts> {
  const fact = <Value>(read: () => Promise<Value>) => readFact(read, signal)
  const at = { client, company }
  const codes = (set: string, field: string) =>
    fact(async () => (await rowsOf(at, { set, select: field })).map((row) => String(row[field])))
  const [customerGroups, sites, warehouses, decisionRoles, originTypes, sellingUnits, productCurrencies] = await Promise.all([
    codes('CustomerGroups', 'CustomerGroupId'),
    codes('OperationalSitesV2', 'SiteId'),
    codes('Warehouses', 'WarehouseId'),
    codes('ContactPersonDecisionRoles', 'DecisionMakingRoleCode'),
    fact(() => readOriginTypes(at)),
    fact(() => differentValues(at, { set: 'SellableReleasedProducts', field: 'SalesUnitSymbol' })),
    fact(() => differentValues(at, { set: 'SellableReleasedProducts', field: 'CurrencyCode' })),
  ])
  const [documentCurrencies, undistinctProducts, unnumberedLines, numberSequences, controlledItems, refusals] = await Promise.all([
    fact(() => readDocumentCurrencies(at, needs)),
    fact(() => readUndistinctProducts(at)),
    fact(() => readUnnumberedLines(at)),
    fact(() => readNumberSequences(at)),
    fact(() => readControlledItems(at)),
    fact(() => readRefusals(at, needs)),
  ])
  return {
    ...{ company, customerGroups, sites, warehouses, decisionRoles, originTypes, sellingUnits, productCurrencies },
    ...{ documentCurrencies, undistinctProducts, unnumberedLines, numberSequences, controlledItems, refusals },
  }
}

interface At {
  readonly client: SideClient
  readonly company: string
}

interface Query {
  readonly set: string
  readonly select: string
  readonly filter?: string
  readonly top?: number
}

const pathOf = ({ company }: At, { set, select, filter, top }: Query): string =>
  `/data/${set}?cross-company=true&$select=${select}&$filter=${companyFilter(company)}${filter === undefined ? '' : ` and ${filter}`}${top === undefined ? '' : `&$top=${top}`}`

const rowsOf = (at: At, query: Query): Promise<readonly SideRow[]> => at.client.rows(pathOf(at, query))

/**
 * The different values of a field, by one small read for each: the next row behind the last value. The service groups nothing, and reading every row
 * for a handful of units would take long.
 */
async function differentValues(
  at: At,
  { set, field, filter }: { set: string; field: string; filter?: string },
): Promise<readonly string[]> {
  const values: string[] = []
  while (values.length < MOST_DIFFERENT) {
    const behind = `${field} gt ${quoted(values.at(-1) ?? '')}`
    const path = pathOf(at, { set, select: field, filter: filter === undefined ? behind : `${filter} and ${behind}`, top: 1 })
    const [row] = await at.client.rows(`${path}&$orderby=${field}`, 1)
    const value = row === undefined ? '' : String(row[field] ?? '')
    // A service that orders otherwise than it compares would give the same value for ever.
    if (value === '' || values.includes(value)) break
    values.push(value)
  }
  return values
}

async function readDocumentCurrencies(at: At, needs: Needs): Promise<readonly string[]> {
  const flag = `OrderingCustomerIsExternallyMaintained eq ${member('NoYes', 'Yes')}`
  const sets = DOCUMENTS.filter((set) => needs.sources.AX.includes(set))
  const found = await Promise.all(
    sets.map((set) => differentValues(at, { set, field: 'CurrencyCode', ...(set === 'CDSSalesOrderHeaders' && { filter: flag }) })),
  )
  return [...new Set(found.flat())]
}

async function readUndistinctProducts(at: At): Promise<readonly string[]> {
  const filter = `ProductSubType eq ${member('EcoResProductSubtype', 'Product')}`
  const released = await rowsOf(at, { set: 'ReleasedProductsV2', select: 'ItemNumber', filter })
  const distinct = await rowsOf(at, { set: 'CDSReleasedDistinctProducts', select: 'ItemNumber' })
  const listed = new Set(distinct.map((row) => String(row.ItemNumber).toLowerCase()))
  return released.map((row) => String(row.ItemNumber)).filter((item) => !listed.has(item.toLowerCase()))
}

async function readUnnumberedLines(at: At): Promise<readonly string[]> {
  const found = await Promise.all(
    LINES.map(async (set) => {
      const path = pathOf(at, { set, select: 'LineCreationSequenceNumber', filter: 'LineCreationSequenceNumber eq 0', top: 1 })
      return (await at.client.rows(path, 1)).length > 0 ? [set] : []
    }),
  )
  return found.flat()
}

async function readOriginTypes(at: At): Promise<readonly string[]> {
  const rows = await rowsOf(at, { set: 'SalesOrderOriginCodes', select: 'IsOriginTypeAssigned,OriginType' })
  return rows.filter((row) => row.IsOriginTypeAssigned === 'Yes').map((row) => String(row.OriginType))
}

const DOCUMENT_TYPES = ['SalesQuotationId', 'SalesId']

/** A company without a sequence of its own counts with that of the installation. */
async function readNumberSequences({ client, company }: At): Promise<readonly NumberSequence[]> {
  const references = await client.rows('/data/NumberSequencesV2References?$select=ScopeValue,DataTypeName,NumberSequenceCode')
  const sequences = await client.rows('/data/NumberSequencesV2?$select=ScopeValue,NumberSequenceCode,Format,IsManual')
  return DOCUMENT_TYPES.flatMap((dataType) => {
    const ofType = references.filter((row) => row.DataTypeName === dataType)
    const reference = [company, ''].map((scope) => ofType.find((row) => isSame(row.ScopeValue, scope))).find((row) => row !== undefined)
    const sequence = sequences.find(
      (row) => isSame(row.NumberSequenceCode, reference?.NumberSequenceCode) && isSame(row.ScopeValue, reference?.ScopeValue),
    )
    if (sequence === undefined) return []
    const { ScopeValue, NumberSequenceCode, Format, IsManual } = sequence
    return [{ dataType, scope: String(ScopeValue), code: String(NumberSequenceCode), format: String(Format), isManual: IsManual === 'Yes' }]
  })
}

const isSame = (a: unknown, b: unknown): boolean => b !== undefined && String(a).toLowerCase() === String(b).toLowerCase()

async function readControlledItems(at: At): Promise<readonly string[]> {
  const filter = `SalesOrderPromisingMethod ne ${member('SalesDeliveryDateControlType', 'None')}`
  const rows = await rowsOf(at, { set: 'ProductDefaultOrderSettings', select: 'ItemNumber', filter })
  return rows.map((row) => String(row.ItemNumber))
}

/** Number of a row that does not exist: asking to change it changes nothing, and tells whether it might be changed. */
const NO_SUCH_KEY = '~readiness check'

async function readRefusals(at: At, needs: Needs): Promise<readonly string[]> {
  const reads = await Promise.all(
    needs.sources.AX.map(async (set) => {
      const answer = await at.client.send('GET', pathOf(at, { set, select: 'dataAreaId', top: 1 }))
      return answer.status === 200 ? [] : [`read ${set} (${answer.status}: ${messageOf(answer.body)})`]
    }),
  )
  const writes = await Promise.all(
    needs.destinations.AX.map(async (set) => {
      const answer = await at.client.send('PATCH', `/data/${set}(${missingKey(at, needs, set)})?cross-company=true`, {})
      return answer.status === 401 || answer.status === 403 || answer.status === 405
        ? [`write ${set} (${answer.status}: ${messageOf(answer.body)})`]
        : []
    }),
  )
  return [...reads, ...writes].flat()
}

function missingKey({ company }: At, needs: Needs, set: string): string {
  const key = needs.set.integrationKeys.find((one) => one.environmentType === 'AX' && one.entity.toLowerCase() === set.toLowerCase())
  const parts = (key?.fields ?? []).map((field) => `${field}=${/SequenceNumber$/.test(field) ? '0' : quoted(NO_SUCH_KEY)}`)
  return [`dataAreaId=${quoted(company)}`, ...parts].join(',')
}
