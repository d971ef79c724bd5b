import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { create, expectStatus, get, type Json, patch, post, q, read, refused } from '../calls.ts'
import { area, differs, works } from '../operation.ts'
import { HOME, type Trade } from '../trade.ts'

const at = (account: string): string => `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${q(account)}')`

/** Writes values to a new customer and gives what is stored. */
const stored = (fo: OutsideClient, trade: Trade, values: Json): Promise<Json> => create(fo, 'CustomersV3', trade.customer(values))

/** A body that must be refused with a text that names its field, leaving nothing. */
async function refusedBody(fo: OutsideClient, trade: Trade, values: Json, says: string): Promise<void> {
  const CustomerAccount = trade.fresh('NO')
  await refused(400, post(fo, 'CustomersV3', trade.customer({ CustomerAccount, ...values })), says)
  await expectStatus(404, get(fo, at(CustomerAccount)))
}

const rate = (trade: Trade, values: Json = {}): Json => ({
  RateTypeName: trade.fresh('R'),
  FromCurrency: 'CHF',
  ToCurrency: 'JPY',
  StartDate: '2031-05-17T12:00:00Z',
  Rate: 100,
  ...values,
})

export const VALUES = area('Value formats', [
  works({ name: 'text', request: 'POST CustomersV3 { OrganizationName }', points: 'FO-028' }, async (fo, trade) => {
    const text = 'Ærø "Marine", 船 𝔊 \\ / <b> & \t x'
    assert.equal((await stored(fo, trade, { OrganizationName: text })).OrganizationName, text)
  }),
  works({ name: 'empty text', request: 'GET CustomersV3({key})', points: 'FO-028' }, async (fo, trade) => {
    const row = await read(fo, at(trade.accounts[2]))
    assert.deepEqual([row.PaymentTerms, row.KnownAs], ['', ''])
    assert.ok(!Object.values(row).includes(null))
  }),
  works({ name: 'null for a text', request: 'PATCH CustomersV3({key}) { KnownAs: null }', points: 'FO-028' }, async (fo, trade) => {
    const { CustomerAccount } = await stored(fo, trade, { KnownAs: 'x' })
    await expectStatus(204, patch(fo, at(CustomerAccount), { KnownAs: null }))
    assert.equal((await read(fo, at(CustomerAccount))).KnownAs, '')
  }),
  works({ name: 'blanks at the end', request: 'POST CustomersV3 { KnownAs: "x  " }' }, async (fo, trade) => {
    assert.equal((await stored(fo, trade, { KnownAs: ' x  ' })).KnownAs, ' x')
  }),
  works(
    { name: 'a text of just its length, and one letter more', request: 'POST CustomersV3 { NameAlias }', points: 'FO-035' },
    async (fo, trade) => {
      assert.equal((await stored(fo, trade, { NameAlias: 'x'.repeat(20) })).NameAlias.length, 20)
      await refusedBody(fo, trade, { NameAlias: 'x'.repeat(21) }, 'exceeds the maximum length 20')
    },
  ),
  works(
    { name: 'letters that cannot be stored', request: String.raw`POST CustomersV3 { KnownAs: "a\u0000b" }`, points: 'FO-035' },
    async (fo, trade) => {
      await refusedBody(fo, trade, { KnownAs: 'a\u0000b' }, 'character that cannot be stored')
    },
  ),
  works({ name: 'text that compares without case', request: "GET CustomersV3?$filter=OrganizationName eq 'ALPHA…'" }, async (fo, trade) => {
    const { value } = await read(
      fo,
      `CustomersV3?$select=CustomerAccount&$filter=OrganizationName eq 'ALPHA marine ${trade.run.toUpperCase()}'`,
    )
    assert.deepEqual(
      value.map((row: Json) => row.CustomerAccount),
      [trade.accounts[0]],
    )
  }),
  works({ name: 'integers', request: 'POST CustomersV3 { OrganizationNumberOfEmployees }', points: 'FO-043' }, async (fo, trade) => {
    assert.equal((await stored(fo, trade, { OrganizationNumberOfEmployees: 2_147_483_647 })).OrganizationNumberOfEmployees, 2_147_483_647)
    assert.equal((await stored(fo, trade, {})).OrganizationNumberOfEmployees, 0)
    for (const wrong of [1.5, 2_147_483_648, 'seven', true])
      await refusedBody(fo, trade, { OrganizationNumberOfEmployees: wrong }, 'OrganizationNumberOfEmployees')
  }),
  works({ name: 'decimals', request: 'POST CustomersV3 { CreditLimit }' }, async (fo, trade) => {
    assert.equal((await stored(fo, trade, { CreditLimit: 1234.56 })).CreditLimit, 1234.56)
    assert.equal((await stored(fo, trade, {})).CreditLimit, 0)
    const body = JSON.stringify(trade.customer({ CustomerAccount: trade.fresh('C') })).replace('}', ',"CreditLimit":12345678901234567.25}')
    const reply = await expectStatus(201, post(fo, 'CustomersV3', body))
    assert.match(reply.text, /"CreditLimit":12345678901234567\.25\b/)
    for (const wrong of ['much', true, [1]]) await refusedBody(fo, trade, { CreditLimit: wrong }, 'CreditLimit')
  }),
  differs(
    {
      name: 'a number in quotes',
      request: "POST CustomersV3 { CreditLimit: '12.50' }",
      difference: 'is taken as the number that it spells, whatever `IEEE754Compatible` says',
    },
    async (fo, trade) => {
      const row = await stored(fo, trade, { CreditLimit: '12.50', OrganizationNumberOfEmployees: '7' })
      assert.deepEqual([row.CreditLimit, row.OrganizationNumberOfEmployees], [12.5, 7])
    },
  ),
  works({ name: 'Int64 without loss', request: 'GET CustomersV3({key})?$select=CustTableRecId' }, async (fo, trade) => {
    const reply = await expectStatus(200, get(fo, `${at(trade.accounts[0])}?$select=CustTableRecId`))
    assert.match(reply.text, /"CustTableRecId":56\d{8}\b/)
    const body = `{"JobDescription":"Long","JobClass":"PopulateDistinctProductTable","Status":"Hold","RecurrenceMinutes":0}`
    const job = await expectStatus(201, post(fo, 'BatchJobs', body))
    assert.match(job.text, /"BatchJobRecId":\d{10}/)
  }),
  works({ name: 'a date', request: 'POST ExchangeRates { StartDate }', points: 'FO-029' }, async (fo, trade) => {
    const row = await create(fo, 'ExchangeRates', rate(trade, { StartDate: '2031-05-17T23:59:00Z' }))
    assert.deepEqual([row.StartDate, row.EndDate], ['2031-05-17T12:00:00Z', '1900-01-01T12:00:00Z'])
    for (const StartDate of ['2031-02-30T12:00:00Z', 'soon', 20310517])
      await refused(400, post(fo, 'ExchangeRates', rate(trade, { StartDate })), 'StartDate')
  }),
  works(
    {
      name: 'an empty date',
      request: "PATCH SalesOrderHeadersV2({key}) { RequestedShippingDate: '1900-01-01T12:00:00Z' }",
      points: 'FO-029',
    },
    async (fo, trade) => {
      const { SalesOrderNumber } = await create(
        fo,
        'SalesOrderHeadersV2',
        trade.header({ CustomerRequisitionNumber: 'x', ConfirmedReceiptDate: '2031-03-03T12:00:00Z' }),
      )
      const key = `SalesOrderHeadersV2(dataAreaId='${HOME}',SalesOrderNumber='${SalesOrderNumber}')`
      for (const empty of ['1900-01-01T12:00:00Z', '1900-01-01T00:00:00Z']) {
        await expectStatus(204, patch(fo, key, { ConfirmedReceiptDate: '2031-03-03T12:00:00Z' }))
        await expectStatus(204, patch(fo, key, { ConfirmedReceiptDate: empty }))
        assert.equal((await read(fo, key)).ConfirmedReceiptDate, '1900-01-01T12:00:00Z')
      }
    },
  ),
  works({ name: 'a date and time', request: 'POST BatchJobs { ScheduledStartDateTime }', points: 'FO-029' }, async (fo) => {
    const job = { JobDescription: 'Later', JobClass: 'PopulateDistinctProductTable', Status: 'Hold' }
    const row = await create(fo, 'BatchJobs', { ...job, ScheduledStartDateTime: '2031-05-17T10:30:15+02:00' })
    assert.equal(row.ScheduledStartDateTime, '2031-05-17T08:30:15Z')
    assert.equal((await read(fo, `BatchJobs(${row.BatchJobRecId})`)).ScheduledStartDateTime, '2031-05-17T08:30:15Z')
    await refused(400, post(fo, 'BatchJobs', { ...job, ScheduledStartDateTime: 'noon' }), 'ScheduledStartDateTime')
  }),
  works({ name: 'enumerations as members', request: 'POST CustomersV3 { OnHoldStatus }', points: 'FO-026' }, async (fo, trade) => {
    const row = await stored(fo, trade, { OnHoldStatus: 'Invoice', IsOneTimeCustomer: 'Yes' })
    assert.deepEqual([row.OnHoldStatus, row.IsOneTimeCustomer, row.CreditLimitIsMandatory], ['Invoice', 'Yes', 'No'])
  }),
  works(
    { name: 'a member that there is not', request: "POST CustomersV3 { OnHoldStatus: 'Maybe' }", points: 'FO-027' },
    async (fo, trade) => {
      for (const wrong of ['Maybe', '', true, 77]) await refusedBody(fo, trade, { OnHoldStatus: wrong }, 'OnHoldStatus')
      await refusedBody(fo, trade, { IsOneTimeCustomer: true }, 'IsOneTimeCustomer')
      await refused(400, patch(fo, at(trade.accounts[0]), { OnHoldStatus: 'Maybe' }), 'OnHoldStatus')
      assert.equal((await read(fo, at(trade.accounts[0]))).OnHoldStatus, 'All')
    },
  ),
  works({ name: 'a member that is not of the entity', request: 'POST CustomersV3 { Nmae }', points: 'FO-043' }, async (fo, trade) => {
    await refusedBody(fo, trade, { Nmae: 'x' }, "'Nmae'")
    const reply = await post(fo, 'CustomersV3', trade.customer({ organizationname: 'x' }))
    assert.deepEqual([reply.status, reply.json.error.message], [400, 'The request is invalid.'])
  }),
  works({ name: 'annotations in a body', request: "POST CustomersV3 { '@odata.type': … }" }, async (fo, trade) => {
    const row = await stored(fo, trade, {
      '@odata.type': '#Microsoft.Dynamics.DataEntities.CustomerV3',
      'OnHoldStatus@odata.type': '#x',
      OnHoldStatus: 'No',
    })
    assert.equal(row.OnHoldStatus, 'No')
  }),
  works(
    { name: 'a whole row sent back', request: 'GET CustomersV3({key}), PATCH CustomersV3({key})', points: 'FO-044' },
    async (fo, trade) => {
      const { CustomerAccount } = await stored(fo, trade, { KnownAs: 'x' })
      const { CustTableRecId, FullPrimaryAddress, ...row } = await read(fo, at(CustomerAccount))
      await expectStatus(204, patch(fo, at(CustomerAccount), { ...row, KnownAs: 'again' }))
      assert.equal((await read(fo, at(CustomerAccount))).KnownAs, 'again')
      assert.deepEqual([typeof CustTableRecId, typeof FullPrimaryAddress], ['number', 'string'])
    },
  ),
  works({ name: 'the ETag', request: 'GET CustomersV3({key})', points: 'FO-033 FO-034' }, async (fo, trade) => {
    const row = await stored(fo, trade, {})
    const first = Object.keys(row).filter((name) => name !== '@odata.context')[0]
    assert.equal(first, '@odata.etag')
    const text = (etag: string): string => Buffer.from(/^W\/"([A-Za-z0-9+/=]+)"$/.exec(etag)?.[1] ?? '', 'base64').toString()
    assert.match(text(row['@odata.etag']), /^'1,\d{10,}'$/)
    await expectStatus(204, patch(fo, at(row.CustomerAccount), { KnownAs: 'x' }))
    const later = (await read(fo, at(row.CustomerAccount)))['@odata.etag']
    assert.match(text(later), /^'\d+,\d{10,}'$/)
    assert.notEqual(later, row['@odata.etag'])
  }),
  works({ name: 'the context', request: 'GET CustomersV3?$select=…', points: 'FO-036' }, async (fo, trade) => {
    const context = async (path: string): Promise<string> => (await read(fo, path))['@odata.context']
    const base = `${fo.root}/$metadata#CustomersV3`
    assert.equal(await context('CustomersV3?$top=0'), base)
    assert.equal(await context('CustomersV3?$top=0&$select=KnownAs,CustomerAccount'), `${base}(KnownAs,CustomerAccount)`)
    assert.equal(await context(at(trade.accounts[0])), `${base}/$entity`)
    assert.equal(await context(`${at(trade.accounts[0])}?$select=KnownAs`), `${base}(KnownAs)/$entity`)
  }),
])
