import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { create, expectStatus, get, NS, post, q, read, refused, remove } from '../calls.ts'
import { area, differs, notOffered, works } from '../operation.ts'
import { HOME, type Trade } from '../trade.ts'

const alpha = ({ accounts }: Trade): string => `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${accounts[0]}')`
const DEFAULT_RATE = "ExchangeRates(RateTypeName='Default',FromCurrency='EUR',ToCurrency='USD',StartDate="
const CREATION = 'CDSSalesOrderLines'

/** The same row, however its key is written. */
const same = async (fo: OutsideClient, keys: readonly string[]): Promise<void> => {
  const rows = await Promise.all(keys.map((key) => read(fo, key)))
  for (const [n, row] of rows.entries()) assert.equal(row['@odata.etag'], rows[0]?.['@odata.etag'], keys[n])
}

export const KEYS = area('Keys and literals', [
  works(
    { name: 'all fields by name, in any order', request: "GET CustomersV3(CustomerAccount='…',dataAreaId='usmf')", points: 'FO-021' },
    async (fo, trade) => {
      const account = trade.accounts[0]
      await same(fo, [
        alpha(trade),
        `CustomersV3(CustomerAccount='${account}',dataAreaId='${HOME}')`,
        `CustomersV3( dataAreaId = '${HOME}' , CustomerAccount = '${account}' )`,
        `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${account.toLowerCase()}')`,
      ])
    },
  ),
  works({ name: 'the short form of a key of one field', request: "GET Currencies('USD')", points: 'FO-021' }, async (fo) => {
    await same(fo, ["Currencies('USD')", "Currencies(CurrencyCode='USD')", "Currencies('usd')"])
  }),
  works(
    {
      name: 'quotes, blanks, ampersands, slashes, per cent',
      request: "GET CustomersV3(dataAreaId='usmf',CustomerAccount='O''D%20%26%20S%2F5%25')",
      points: 'FO-021 FO-119',
    },
    async (fo, trade) => {
      const key = q(trade.accounts[3].replaceAll("'", "''"))
      const row = await read(fo, `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${key}')`)
      assert.equal(row.CustomerAccount, trade.accounts[3])
      const lower = key.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())
      assert.equal((await read(fo, `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${lower}')`)).CustomerAccount, trade.accounts[3])
      assert.equal(
        (await read(fo, `CustomersV3(dataAreaId=%27${HOME}%27,CustomerAccount=%27${key}%27)`)).CustomerAccount,
        trade.accounts[3],
      )
    },
  ),
  works(
    { name: 'the address of a new row can be called', request: 'POST CustomersV3, GET {Location}', points: 'FO-021 FO-036' },
    async (fo, trade) => {
      const account = `A&b's/${trade.fresh('1')}`
      const reply = await expectStatus(201, post(fo, 'CustomersV3', trade.customer({ CustomerAccount: account })))
      const location = reply.headers.get('location') ?? ''
      assert.equal((await expectStatus(200, fo.call('GET', location))).json.CustomerAccount, account)
    },
  ),
  works(
    { name: 'letters beyond ASCII', request: "GET CustomersV3(dataAreaId='usmf',CustomerAccount='Ærø…')", points: 'FO-021 FO-119' },
    async (fo, trade) => {
      const account = `Ærø ${trade.fresh('1')}`
      await create(fo, 'CustomersV3', trade.customer({ CustomerAccount: account }))
      assert.equal((await read(fo, `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${q(account)}')`)).CustomerAccount, account)
    },
  ),
  works({ name: 'a date', request: 'GET ExchangeRates(…,StartDate=2020-01-01T12:00:00Z)', points: 'FO-023' }, async (fo) => {
    await same(fo, [`${DEFAULT_RATE}2020-01-01T12:00:00Z)`, `${DEFAULT_RATE}2020-01-01T00:00:00Z)`, `${DEFAULT_RATE}2020-01-01)`])
    await expectStatus(404, get(fo, `${DEFAULT_RATE}2020-01-02T12:00:00Z)`))
  }),
  works(
    {
      name: 'an enumeration, qualified and plain',
      request: `GET NumberSequencesV2References(ScopeType=…NumberSequenceType'DataArea',…)`,
      points: 'FO-024',
    },
    async (fo) => {
      const of = (scope: string): string =>
        `NumberSequencesV2References(ScopeType=${scope},ScopeValue='${HOME}',DataTypeName='CustAccount')`
      await same(fo, [of(`${NS}.NumberSequenceType'DataArea'`), of("'DataArea'")])
    },
  ),
  works({ name: 'an integer', request: 'GET CDSSalesOrderLines(…,LineCreationSequenceNumber=2)', points: 'FO-021' }, async (fo, trade) => {
    const row = await read(fo, `${CREATION}(dataAreaId='${HOME}',SalesOrderNumber='${trade.order}',LineCreationSequenceNumber=2)`)
    assert.deepEqual([row.LineCreationSequenceNumber, row.OrderedSalesQuantity], [2, 5])
  }),
  works({ name: 'an Int64 beyond what a double holds', request: 'GET BatchJobs(5637144600)', points: 'FO-021' }, async (fo) => {
    await expectStatus(200, get(fo, 'BatchJobs(5637144600)'))
    await expectStatus(200, get(fo, 'BatchJobs(BatchJobRecId=5637144600)'))
    await expectStatus(404, get(fo, 'BatchJobs(9223372036854775807)'))
  }),
  works({ name: 'a decimal', request: 'GET AgingPeriodDefinitions(…,LineNum=1)', points: 'FO-021' }, async (fo) => {
    const of = (line: string): string => `AgingPeriodDefinitions(dataAreaId='${HOME}',AgingPeriodDefinition='30_60_90_180',LineNum=${line})`
    await same(fo, [of('1'), of('1.0'), of('1.00')])
  }),
  works({ name: 'an incomplete key', request: "GET CustomersV3('C-0001')", points: 'FO-022 FO-118' }, async (fo, trade) => {
    for (const key of [`'${trade.accounts[0]}'`, `CustomerAccount='${trade.accounts[0]}'`, `dataAreaId='${HOME}'`, '']) {
      const reply = await refused(404, get(fo, `CustomersV3(${key})`), 'No route data was found for this request.')
      assert.deepEqual(Object.keys(reply.json), ['Message'])
    }
  }),
  works(
    {
      name: 'a key with a field too many or of another name',
      request: "GET CustomersV3(dataAreaId='usmf',Nope='1')",
      points: 'FO-022 FO-118',
    },
    async (fo, trade) => {
      for (const key of [`dataAreaId='${HOME}',Nope='1'`, `dataAreaId='${HOME}',CustomerAccount='${trade.accounts[0]}',KnownAs='x'`])
        await refused(404, get(fo, `CustomersV3(${key})`), 'No HTTP resource was found')
    },
  ),
  works({ name: 'a value of another type', request: 'GET CustomersV3(dataAreaId=1,CustomerAccount=2)', points: 'FO-022' }, async (fo) => {
    for (const path of ['CustomersV3(dataAreaId=1,CustomerAccount=2)', `${DEFAULT_RATE}'yesterday')`, "BatchJobs('x')", 'BatchJobs(1.5)']) {
      const reply = await get(fo, path)
      assert.ok(reply.status === 400 || reply.status === 404, `${path}: ${reply.status}`)
      assert.equal(typeof (reply.json?.Message ?? reply.json?.error?.message), 'string')
    }
  }),
  works(
    { name: 'an unknown member of an enumeration', request: "GET NumberSequencesV2References(ScopeType='Nope',…)", points: 'FO-024' },
    async (fo) => {
      const reply = await get(fo, `NumberSequencesV2References(ScopeType='Nope',ScopeValue='${HOME}',DataTypeName='CustAccount')`)
      assert.ok(reply.status === 400 || reply.status === 404, reply.text)
    },
  ),
  works(
    { name: 'a key that nothing has', request: "GET CustomersV3(dataAreaId='usmf',CustomerAccount='none')", points: 'FO-050' },
    async (fo) => {
      await expectStatus(404, get(fo, `CustomersV3(dataAreaId='${HOME}',CustomerAccount='none')`))
    },
  ),
  works({ name: 'a property', request: 'GET CustomersV3({key})/OrganizationName', points: 'FO-021' }, async (fo, trade) => {
    const answer = await read(fo, `${alpha(trade)}/OrganizationName`)
    assert.equal(answer['@odata.context'], `${fo.root}/$metadata#${alpha(trade)}/OrganizationName`)
    assert.equal(answer.value, `Alpha Marine ${trade.run}`)
    assert.equal((await read(fo, `${alpha(trade)}/OnHoldStatus`)).value, 'All')
    assert.equal((await read(fo, `${alpha(trade)}/CreditLimit`)).value, 1000.25)
  }),
  works({ name: 'a bare property', request: 'GET CustomersV3({key})/OrganizationName/$value' }, async (fo, trade) => {
    const reply = await expectStatus(200, get(fo, `${alpha(trade)}/OrganizationName/$value`))
    assert.equal(reply.text, `Alpha Marine ${trade.run}`)
    assert.match(reply.headers.get('content-type') ?? '', /^text\/plain/)
  }),
  works({ name: 'an unknown property', request: 'GET CustomersV3({key})/Nope', points: 'FO-118' }, async (fo, trade) => {
    await refused(404, get(fo, `${alpha(trade)}/Nope`), 'No HTTP resource was found')
  }),
  differs(
    {
      name: 'rows without a natural key',
      request: 'GET CustTransactions(dataAreaId=…,SysRecId=…)',
      difference: '`SysRecId` is the key of entries of customer accounts: they have no number of their own',
    },
    async (fo) => {
      await refused(404, get(fo, 'CustTransactions(5637144576)'), 'No HTTP resource was found')
      await expectStatus(404, get(fo, `CustTransactions(dataAreaId='${HOME}',SysRecId=1)`))
    },
  ),
  notOffered(
    {
      name: 'rows by record id',
      request: 'GET CustomersV3(5637144576)',
      points: 'FO-022',
      status: 404,
      says: 'No HTTP resource was found',
      instead: 'the natural key',
    },
    (fo) => get(fo, 'CustomersV3(5637144576)'),
  ),
  notOffered({ name: 'rows by their position', request: 'GET CustomersV3/0', status: 404, says: 'No HTTP resource was found' }, (fo) =>
    get(fo, 'CustomersV3/0'),
  ),
  notOffered(
    {
      name: 'a property of its own',
      request: 'PATCH CustomersV3({key})/OrganizationName',
      status: 404,
      says: 'No HTTP resource was found',
      instead: 'PATCH of the row',
    },
    (fo, trade) => fo.call('PATCH', `/${alpha(trade)}/OrganizationName`, { body: { value: 'x' } }),
  ),
  notOffered(
    {
      name: 'a property that is emptied',
      request: 'DELETE CustomersV3({key})/KnownAs',
      status: 404,
      says: 'No HTTP resource was found',
      instead: "PATCH with ''",
    },
    (fo, trade) => remove(fo, `${alpha(trade)}/KnownAs`),
  ),
])
