import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import type { AreaOperation, OperationFacts } from '../../operation.ts'
import { column, create, expectStatus, get, type Json, NS, q, read, refused, rows } from '../calls.ts'
import { area, notOffered, works } from '../operation.ts'
import { HOME, type Trade } from '../trade.ts'

const NAMES = ['Alpha', 'Beta', 'Gamma', 'Delta'] as const
type Name = (typeof NAMES)[number]

/** The four customers of the trade among those that a filter finds, as the first words of their names. */
async function found(fo: OutsideClient, trade: Trade, filter: string): Promise<readonly string[]> {
  const own = `(${trade.accounts.map((account) => `CustomerAccount eq '${account.replaceAll("'", "''")}'`).join(' or ')})`
  const names = await column(fo, `CustomersV3?$select=OrganizationName&$filter=${q(`${own} and (${filter})`)}`, 'OrganizationName')
  return names.map((name) => String(name).split(' ')[0] ?? '').sort()
}

/** A filter that finds these customers; `filter` may need the trade. */
const finds = (facts: OperationFacts, cases: readonly (readonly [filter: string, names: readonly Name[]])[]): AreaOperation<Trade> =>
  works(facts, async (fo, trade) => {
    for (const [filter, names] of cases)
      assert.deepEqual(await found(fo, trade, filter.replaceAll('{run}', trade.run)), [...names].sort(), filter)
  })

const HOLD = `${NS}.CustVendorBlocked`

export const FILTERS = area('Filters', [
  finds({ name: 'equal, not equal', request: 'GET CustomersV3?$filter=CreditLimit eq 500', points: 'FO-052' }, [
    ['CreditLimit eq 500', ['Beta']],
    ['CreditLimit ne 500', ['Alpha', 'Gamma', 'Delta']],
  ]),
  finds({ name: 'greater and less', request: 'GET CustomersV3?$filter=CreditLimit gt 500', points: 'FO-052' }, [
    ['CreditLimit gt 500', ['Alpha']],
    ['CreditLimit ge 500', ['Alpha', 'Beta']],
    ['CreditLimit lt 500', ['Gamma', 'Delta']],
    ['CreditLimit le 500.00', ['Beta', 'Gamma', 'Delta']],
  ]),
  finds({ name: 'and, or, not, parentheses', request: 'GET CustomersV3?$filter=not (… and …) or …', points: 'FO-052' }, [
    ["CreditLimit gt 0 and PaymentTerms eq 'Net30'", ['Alpha', 'Beta']],
    ["CreditLimit gt 600 or PaymentTerms eq ''", ['Alpha', 'Gamma']],
    ["not (CreditLimit gt 600 or PaymentTerms eq '')", ['Beta', 'Delta']],
    ["CreditLimit eq 0 and (PaymentTerms eq '' or CreditLimit eq 500)", ['Gamma']],
    ["CreditLimit eq 500 or CreditLimit eq 0 and PaymentTerms eq ''", ['Beta', 'Gamma']],
  ]),
  finds({ name: 'arithmetic', request: 'GET CustomersV3?$filter=CreditLimit mul 2 ge 2000.5', points: 'FO-052' }, [
    ['CreditLimit mul 2 ge 2000.5', ['Alpha']],
    ['(CreditLimit add 1) div 2 gt 250', ['Alpha', 'Beta']],
    ['CreditLimit sub 500 eq 0', ['Beta']],
    ['CreditLimit divby 2 eq 250', ['Beta']],
    ['CreditLimit mod 100 eq 0.25', ['Alpha']],
  ]),
  finds({ name: 'a text with a quote', request: "GET CustomersV3?$filter=CustomerAccount eq 'O''D …'", points: 'FO-021 FO-052' }, [
    ["CustomerAccount eq 'O''D & S/5% {run}'", ['Delta']],
  ]),
  finds({ name: 'text in any letter case', request: "GET CustomersV3?$filter=OrganizationName eq 'ALPHA MARINE …'", points: 'FO-052' }, [
    ["OrganizationName eq 'ALPHA MARINE {run}'", ['Alpha']],
    ["OrganizationName ne 'alpha marine {run}'", ['Beta', 'Gamma', 'Delta']],
  ]),
  finds({ name: 'text in its order', request: "GET CustomersV3?$filter=OrganizationName ge 'Beta'", points: 'FO-052' }, [
    ["OrganizationName ge 'Beta' and OrganizationName lt 'Gamma'", ['Beta', 'Delta']],
  ]),
  finds(
    {
      name: 'a wildcard at the end, at the start, on both sides, inside',
      request: "GET CustomersV3?$filter=OrganizationName eq '*marine*'",
      points: 'FO-053',
    },
    [
      ["OrganizationName eq '*marine*'", ['Alpha', 'Beta']],
      ["OrganizationName eq 'Ga*'", ['Gamma']],
      ["OrganizationName eq '*marine {run}'", ['Alpha', 'Beta']],
      ["OrganizationName eq 'A*marine*'", ['Alpha']],
      ["OrganizationName ne '*marine*'", ['Gamma', 'Delta']],
      ["OrganizationName eq '*none*'", []],
    ],
  ),
  finds({ name: 'signs of patterns that are none here', request: "GET CustomersV3?$filter=CustomerAccount eq '*5%*'", points: 'FO-053' }, [
    ["CustomerAccount eq '*5% *'", ['Delta']],
    ["OrganizationName eq '_lpha*'", []],
    ["OrganizationName eq '%'", []],
    [String.raw`OrganizationName eq '*\\*'`, []],
  ]),
  finds({ name: 'enumerations', request: "GET CustomersV3?$filter=OnHoldStatus eq …CustVendorBlocked'All'", points: 'FO-054' }, [
    [`OnHoldStatus eq ${HOLD}'All'`, ['Alpha']],
    [`OnHoldStatus ne ${HOLD}'All'`, ['Beta', 'Gamma', 'Delta']],
    [`${HOLD}'No' eq OnHoldStatus and IsOneTimeCustomer eq ${NS}.NoYes'No'`, ['Beta', 'Gamma', 'Delta']],
  ]),
  finds({ name: 'empty values', request: "GET CustomersV3?$filter=PaymentTerms eq ''", points: 'FO-064' }, [
    ["PaymentTerms eq ''", ['Gamma']],
    ["PaymentTerms ne ''", ['Alpha', 'Beta', 'Delta']],
    ['PaymentTerms eq null', ['Gamma']],
    ['PaymentTerms ne null', ['Alpha', 'Beta', 'Delta']],
    ['CreditLimit eq 0', ['Gamma', 'Delta']],
  ]),
  works(
    { name: 'dates, by their day', request: 'GET ExchangeRates?$filter=StartDate eq 2020-01-01T12:00:00Z', points: 'FO-064 FO-052' },
    async (fo) => {
      const count = async (filter: string): Promise<number> =>
        (await rows(fo, `ExchangeRates?$filter=RateTypeName eq 'Default' and FromCurrency eq 'EUR' and ToCurrency eq 'USD' and ${filter}`))
          .length
      for (const filter of [
        'StartDate eq 2020-01-01T12:00:00Z',
        'StartDate eq 2020-01-01T00:00:00Z',
        'EndDate eq 1900-01-01T12:00:00Z',
        'EndDate eq 1900-01-01T00:00:00Z',
        'StartDate lt 2020-01-02T00:00:00Z',
      ])
        assert.equal(await count(filter), 1, filter)
      for (const filter of ['StartDate gt 2020-01-01T12:00:00Z', 'StartDate gt 2020-01-01T00:00:00Z', 'EndDate ne 1900-01-01T12:00:00Z'])
        assert.equal(await count(filter), 0, filter)
    },
  ),
  works({ name: 'dates and times', request: 'GET BatchJobs?$filter=ScheduledStartDateTime ge …', points: 'FO-052' }, async (fo) => {
    const job = {
      JobDescription: 'Filter',
      JobClass: 'PopulateDistinctProductTable',
      Status: 'Hold',
      ScheduledStartDateTime: '2033-05-17T08:30:15Z',
    }
    const { BatchJobRecId } = await create(fo, 'BatchJobs', job)
    const ids = (filter: string) =>
      column(fo, `BatchJobs?$select=BatchJobRecId&$filter=BatchJobRecId eq ${BatchJobRecId} and ${filter}`, 'BatchJobRecId')
    assert.deepEqual(await ids('ScheduledStartDateTime ge 2033-05-17T08:30:15Z'), [BatchJobRecId])
    assert.deepEqual(await ids('ScheduledStartDateTime eq 2033-05-17T10:30:15%2B02:00'), [BatchJobRecId])
    assert.deepEqual(await ids('ScheduledStartDateTime gt 2033-05-17T08:30:15Z'), [])
  }),
  works({ name: 'integers', request: 'GET SalesOrderLines?$filter=LineNumber eq 2', points: 'FO-052' }, async (fo, trade) => {
    const lots = (filter: string) =>
      column(fo, `SalesOrderLines?$select=InventoryLotId&$filter=SalesOrderNumber eq '${trade.order}' and ${filter}`, 'InventoryLotId')
    assert.deepEqual(await lots('LineNumber eq 2'), [trade.lots[1]])
    assert.deepEqual(await lots('OrderedSalesQuantity mul SalesPrice eq 60'), [trade.lots[0]])
    assert.deepEqual(await lots('LineCreationSequenceNumber ge 1'), trade.lots)
  }),
  works(
    { name: 'a list of keys', request: "GET CustomersV3?$filter=CustomerAccount eq '…' or … (300 of them)", points: 'FO-052' },
    async (fo, trade) => {
      const list = Array.from({ length: 300 }, (_, n) => `CustomerAccount eq 'X${n}'`)
      const filter = [...list, ...trade.accounts.slice(0, 2).map((account) => `CustomerAccount eq '${account}'`)].join(' or ')
      assert.equal((await rows(fo, `CustomersV3?$select=CustomerAccount&$filter=${q(filter)}`)).length, 2)
    },
  ),
  works(
    {
      name: 'blanks as plus signs, escapes in any letter case',
      request: 'GET CustomersV3?$filter=OrganizationName+eq+%27…%27',
      points: 'FO-119',
    },
    async (fo, trade) => {
      const filter = `OrganizationName eq 'Alpha Marine ${trade.run}'`
      for (const text of [q(filter), filter.replaceAll(' ', '+'), filter.replaceAll("'", '%27')])
        assert.equal((await rows(fo, `CustomersV3?$select=CustomerAccount&$filter=${text}`)).length, 1, text)
      assert.equal((await rows(fo, `CustomersV3?%24select=CustomerAccount&%24filter=${q(filter)}`)).length, 1)
    },
  ),
  works({ name: 'a value that is computed', request: 'GET SellableReleasedProducts?$filter=ProductNumber eq …' }, async (fo, trade) => {
    assert.equal((await rows(fo, `SellableReleasedProducts?$filter=ProductNumber eq '${trade.item}'`)).length, 1)
  }),
  works({ name: 'an unknown field', request: "GET CustomersV3?$filter=Nmae eq 'x'", points: 'FO-057' }, async (fo) => {
    const says = `Could not find a property named 'Nmae' on type '${NS}.CustomerV3'.`
    for (const query of ["$filter=Nmae eq 'x'", '$select=Nmae', '$orderby=Nmae']) await refused(400, get(fo, `CustomersV3?${query}`), says)
    await refused(400, get(fo, "CustomersV3?$filter=customeraccount eq 'x'"), "named 'customeraccount'")
  }),
  works(
    { name: 'an enumeration as text or number', request: "GET CustomersV3?$filter=OnHoldStatus eq 'All'", points: 'FO-054' },
    async (fo) => {
      for (const filter of [
        "OnHoldStatus eq 'All'",
        'OnHoldStatus eq 2',
        `OnHoldStatus eq ${NS}.NoYes'Yes'`,
        `OnHoldStatus eq ${HOLD}'Nope'`,
      ])
        await expectStatus(400, get(fo, `CustomersV3?$filter=${filter}`))
    },
  ),
  works(
    { name: 'an enumeration in an order', request: "GET CustomersV3?$filter=OnHoldStatus gt …CustVendorBlocked'No'", points: 'FO-054' },
    async (fo) => {
      for (const operator of ['gt', 'ge', 'lt', 'le'])
        await expectStatus(400, get(fo, `CustomersV3?$filter=OnHoldStatus ${operator} ${HOLD}'No'`))
    },
  ),
  works({ name: 'values of another type', request: "GET CustomersV3?$filter=CreditLimit eq 'much'", points: 'FO-051' }, async (fo) => {
    for (const filter of [
      "CreditLimit eq 'much'",
      'CustomerAccount eq 5',
      'CustomerAccount eq true',
      "OrganizationNumberOfEmployees eq 'x'",
      'CreditLimit add KnownAs eq 1',
    ])
      await expectStatus(400, get(fo, `CustomersV3?$filter=${filter}`))
  }),
  works({ name: 'what cannot be read', request: 'GET CustomersV3?$filter=CustomerAccount eq', points: 'FO-051 FO-074' }, async (fo) => {
    for (const filter of [
      '',
      'CustomerAccount eq',
      '(CreditLimit gt 1',
      "CustomerAccount eq 'x",
      'and',
      'CreditLimit gt gt 1',
      `${'('.repeat(2000)}`,
    ]) {
      const reply = await expectStatus(400, get(fo, `CustomersV3?$filter=${filter}`))
      assert.equal(typeof reply.json.error.innererror.message, 'string', filter)
    }
  }),
])

const DENIED: readonly (readonly [name: string, query: string, says: string, instead?: string])[] = [
  ['contains', "$filter=contains(OrganizationName,'x')", 'The function "contains"', "eq '*x*'"],
  ['startswith', "$filter=startswith(OrganizationName,'x')", 'The function "startswith"', "eq 'x*'"],
  ['endswith', "$filter=endswith(OrganizationName,'x')", 'The function "endswith"', "eq '*x'"],
  ['in', "$filter=CustomerAccount in ('a','b')", "The operator 'in'", 'or'],
  ['has', `$filter=OnHoldStatus has ${HOLD}'All'`, "The operator 'has'", 'eq'],
  ['any', "$filter=ContactPersons/any(c:c/LastName eq 'x')", "The operator 'any'"],
  ['all', "$filter=ContactPersons/all(c:c/LastName eq 'x')", "The operator 'all'"],
  ['tolower', "$filter=tolower(OrganizationName) eq 'x'", 'The function "tolower"', 'eq, which knows no case'],
  ['year', '$filter=year(ScheduledStartDateTime) eq 2025', 'The function "year"', 'ge and lt'],
  ['a field of a related row', "$filter=CustomerGroup/Description eq 'x'", "Could not find a property named 'CustomerGroup/Description'"],
  ['$apply', '$apply=groupby((CustomerGroupId))', 'The query option "$apply" is not supported.'],
  ['$compute', '$compute=CreditLimit add 1 as more', 'The query option "$compute" is not supported.'],
  ['$search', '$search=marine', 'The query option "$search" is not supported.'],
  ['$deltatoken', '$deltatoken=x', 'The query option "$deltatoken" is not supported.', 'an export with change tracking'],
  ['$levels of an expansion', '$expand=CustomerGroup($levels=2)', 'only $select is supported'],
]

export const NOT_IN_QUERIES = area(
  'What queries have not',
  DENIED.map(([name, query, says, instead]) =>
    notOffered(
      { name, request: `GET CustomersV3?${query}`, points: 'FO-056 FO-051', status: 400, says, ...(instead !== undefined && { instead }) },
      (fo) => get(fo, `CustomersV3?${query}`),
    ),
  ),
)

const order = (trade: Trade): string => `SalesOrderHeadersV2(dataAreaId='${HOME}',SalesOrderNumber='${trade.order}')`

export const EXPAND = area('Related rows', [
  works({ name: 'one row', request: 'GET CustomersV3?$expand=CustomerGroup', points: 'FO-058' }, async (fo, trade) => {
    const [row] = await rows(fo, `CustomersV3?$filter=CustomerAccount eq '${trade.accounts[0]}'&$expand=CustomerGroup`)
    assert.deepEqual([row?.CustomerGroup.CustomerGroupId, row?.OrganizationName], ['10', `Alpha Marine ${trade.run}`])
    assert.equal(typeof row?.CustomerGroup['@odata.etag'], 'string')
  }),
  works(
    { name: 'many rows', request: 'GET SalesOrderHeadersV2?$expand=SalesOrderLines($select=…)', points: 'FO-058' },
    async (fo, trade) => {
      const row = await read(
        fo,
        `${order(trade)}?$select=SalesOrderNumber&$expand=SalesOrderLines($select=InventoryLotId,OrderedSalesQuantity)`,
      )
      assert.deepEqual(
        row.SalesOrderLines.map((line: Json) => [line.InventoryLotId, line.OrderedSalesQuantity, Object.keys(line).length]),
        [
          [trade.lots[0], 3, 3],
          [trade.lots[1], 5, 3],
        ],
      )
    },
  ),
  works(
    { name: 'several at once', request: 'GET CustomersV3?$expand=CustomerGroup,SalesCurrency,ContactPersons', points: 'FO-058' },
    async (fo, trade) => {
      const row = await read(
        fo,
        `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${trade.accounts[0]}')?$select=CustomerAccount&$expand=CustomerGroup,SalesCurrency($select=CurrencyCode),ContactPersons`,
      )
      assert.deepEqual([row.CustomerGroup.CustomerGroupId, row.SalesCurrency.CurrencyCode, row.ContactPersons], ['10', 'USD', []])
    },
  ),
  works({ name: 'a relation that is empty', request: 'GET CustomersV3?$expand=Warehouse', points: 'FO-058' }, async (fo, trade) => {
    const [row] = await rows(
      fo,
      `CustomersV3?cross-company=true&$filter=dataAreaId eq 'demf' and CustomerAccount eq '${trade.abroad}'&$expand=Warehouse`,
    )
    assert.equal(row?.Warehouse, null)
  }),
  works(
    { name: 'the context of an expansion', request: 'GET CustomersV3?$select=…&$expand=CustomerGroup($select=…)', points: 'FO-058' },
    async (fo) => {
      const answer = await read(fo, 'CustomersV3?$top=0&$select=CustomerAccount&$expand=CustomerGroup($select=Description),ContactPersons')
      assert.equal(
        answer['@odata.context'],
        `${fo.root}/$metadata#CustomersV3(CustomerAccount,CustomerGroup(Description),ContactPersons())`,
      )
    },
  ),
  works({ name: 'an unknown relation', request: 'GET CustomersV3?$expand=Nope', points: 'FO-057' }, async (fo) => {
    await refused(400, get(fo, 'CustomersV3?$expand=Nope'), "Could not find a property named 'Nope'")
    await refused(400, get(fo, 'CustomersV3?$expand=CustomerGroup($select=Nope)'), 'Nope')
  }),
  notOffered(
    {
      name: 'a second level',
      request: 'GET CustomersV3?$expand=CustomerGroup($expand=…)',
      points: 'FO-058',
      status: 400,
      says: 'inside another expand is not supported',
    },
    (fo) => get(fo, 'CustomersV3?$expand=CustomerGroup($expand=PaymentTerm)'),
  ),
  notOffered(
    {
      name: 'a filter inside',
      request: 'GET SalesOrderHeadersV2?$expand=SalesOrderLines($filter=…)',
      points: 'FO-058',
      status: 400,
      says: 'only $select is supported',
      instead: 'a query of the related set',
    },
    (fo) => get(fo, "SalesOrderHeadersV2?$expand=SalesOrderLines($filter=ItemNumber eq 'x')"),
  ),
  notOffered(
    {
      name: 'an order or a page inside',
      request: 'GET SalesOrderHeadersV2?$expand=SalesOrderLines($top=1)',
      points: 'FO-058',
      status: 400,
      says: 'only $select is supported',
    },
    (fo) => get(fo, 'SalesOrderHeadersV2?$expand=SalesOrderLines($top=1)'),
  ),
  notOffered(
    { name: 'every relation', request: 'GET CustomersV3?$expand=*', points: 'FO-058', status: 400, says: 'expected a name, found "*"' },
    (fo) => get(fo, 'CustomersV3?$expand=*'),
  ),
  notOffered(
    {
      name: 'the related rows as an address',
      request: 'GET SalesOrderHeadersV2({key})/SalesOrderLines',
      status: 404,
      says: 'No HTTP resource was found',
      instead: '$expand or $filter',
    },
    (fo, trade) => get(fo, `${order(trade)}/SalesOrderLines`),
  ),
  notOffered(
    {
      name: 'the related row as an address',
      request: 'GET CustomersV3({key})/CustomerGroup',
      status: 404,
      says: 'No HTTP resource was found',
      instead: '$expand',
    },
    (fo, trade) => get(fo, `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${trade.accounts[0]}')/CustomerGroup`),
  ),
  notOffered(
    {
      name: 'links',
      request: 'GET CustomersV3({key})/CustomerGroup/$ref',
      status: 404,
      says: 'No HTTP resource was found',
      instead: 'the fields of the relation',
    },
    (fo, trade) => get(fo, `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${trade.accounts[0]}')/CustomerGroup/$ref`),
  ),
])
