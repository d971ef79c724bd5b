import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { act, create, expectStatus, get, type Json, NS, patch, post, q, read, refused, remove, rows } from '../calls.ts'
import { area, works } from '../operation.ts'
import { ABROAD, HOME, type Trade } from '../trade.ts'

const of = (company: string, account: string): string =>
  `CustomersV3(dataAreaId='${company}',CustomerAccount='${q(account.replaceAll("'", "''"))}')`
const alphas = async (fo: OutsideClient, trade: Trade, option: string): Promise<readonly unknown[]> =>
  (await rows(fo, `CustomersV3?$select=dataAreaId&$filter=CustomerAccount eq '${trade.abroad}'&$orderby=dataAreaId${option}`)).map(
    (row) => row.dataAreaId,
  )

/** A customer of ABROAD that is nobody else's. */
const foreign = async (fo: OutsideClient, trade: Trade): Promise<string> =>
  (await create(fo, 'CustomersV3', trade.customer({ dataAreaId: ABROAD, SalesCurrencyCode: 'EUR', SiteId: '', WarehouseId: '' })))
    .CustomerAccount

export const COMPANY = area('Companies', [
  works({ name: 'the default company', request: 'GET CustomersV3', points: 'FO-011' }, async (fo, trade) => {
    assert.deepEqual(await alphas(fo, trade, ''), [HOME])
  }),
  works({ name: 'every company', request: 'GET CustomersV3?cross-company=true', points: 'FO-012' }, async (fo, trade) => {
    assert.deepEqual(await alphas(fo, trade, '&cross-company=true'), [ABROAD, HOME])
  }),
  works(
    { name: 'one other company', request: "GET CustomersV3?cross-company=true&$filter=dataAreaId eq 'demf'", points: 'FO-012' },
    async (fo, trade) => {
      const found = await rows(
        fo,
        `CustomersV3?cross-company=true&$select=CustomerAccount&$filter=dataAreaId eq 'demf' and CustomerAccount eq '${trade.abroad}'`,
      )
      assert.equal(found.length, 1)
    },
  ),
  works(
    { name: 'another company without the option', request: "GET CustomersV3?$filter=dataAreaId eq 'demf'", points: 'FO-013' },
    async (fo) => {
      assert.deepEqual(await rows(fo, `CustomersV3?$filter=dataAreaId eq '${ABROAD}'`), [])
      assert.deepEqual(await rows(fo, `CustomersV3?cross-company=false&$filter=dataAreaId eq '${ABROAD}'`), [])
    },
  ),
  works(
    { name: 'the option anywhere, in any letter case, twice', request: 'GET CustomersV3?$select=…&cross-company=TRUE', points: 'FO-122' },
    async (fo, trade) => {
      for (const option of ['&cross-company=TRUE', '&cross-company=True&cross-company=true', '&cross%2Dcompany=true'])
        assert.deepEqual(await alphas(fo, trade, option), [ABROAD, HOME], option)
      const first = await rows(fo, `CustomersV3?cross-company=true&$filter=CustomerAccount eq '${trade.abroad}'&$select=dataAreaId`)
      assert.equal(first.length, 2)
    },
  ),
  works({ name: 'a count', request: 'GET CustomersV3/$count?cross-company=true', points: 'FO-020' }, async (fo, trade) => {
    const count = async (option: string): Promise<string> =>
      (await expectStatus(200, get(fo, `CustomersV3/$count?$filter=CustomerAccount eq '${trade.abroad}'${option}`))).text
    assert.deepEqual([await count(''), await count('&cross-company=true')], ['1', '2'])
  }),
  works(
    { name: 'a row by key', request: "GET CustomersV3(dataAreaId='demf',…)?cross-company=true", points: 'FO-020 FO-050' },
    async (fo, trade) => {
      await expectStatus(404, get(fo, of(ABROAD, trade.abroad)))
      assert.equal((await read(fo, `${of(ABROAD, trade.abroad)}?cross-company=true`)).dataAreaId, ABROAD)
    },
  ),
  works(
    { name: 'a create in the company of the body', request: 'POST CustomersV3 { dataAreaId }', points: 'FO-014' },
    async (fo, trade) => {
      const body = trade.customer({ dataAreaId: 'DEMF', SalesCurrencyCode: 'EUR', SiteId: '', WarehouseId: '' })
      const reply = await expectStatus(201, post(fo, 'CustomersV3', body))
      assert.equal(reply.json.dataAreaId, ABROAD)
      assert.match(reply.headers.get('location') ?? '', /dataAreaId='demf'/)
    },
  ),
  works({ name: 'a create without a company', request: 'POST CustomersV3', points: 'FO-014' }, async (fo, trade) => {
    const { dataAreaId: _, ...body } = trade.customer()
    assert.equal((await expectStatus(201, post(fo, 'CustomersV3', body))).json.dataAreaId, HOME)
  }),
  works(
    { name: 'a change in another company', request: "PATCH CustomersV3(dataAreaId='demf',…)?cross-company=true", points: 'FO-015' },
    async (fo, trade) => {
      const row = of(ABROAD, await foreign(fo, trade))
      await refused(400, patch(fo, row, { KnownAs: 'x' }), 'No resources were found when selecting for update.')
      await refused(400, fo.call('PUT', `/${row}`, { body: { KnownAs: 'x' } }), 'No resources were found when selecting for update.')
      await expectStatus(204, patch(fo, `${row}?cross-company=true`, { KnownAs: 'x' }))
      assert.equal((await read(fo, `${row}?cross-company=true`)).KnownAs, 'x')
    },
  ),
  works(
    { name: 'a deletion in another company', request: "DELETE CustomersV3(dataAreaId='demf',…)?cross-company=true", points: 'FO-015' },
    async (fo, trade) => {
      const row = of(ABROAD, await foreign(fo, trade))
      await refused(400, remove(fo, row), 'No resources were found when selecting for update.')
      await expectStatus(204, remove(fo, `${row}?cross-company=true`))
    },
  ),
  works({ name: 'shared rows', request: 'GET Currencies, GET LegalEntities, GET Companies', points: 'FO-017' }, async (fo) => {
    for (const set of ['Currencies', 'LegalEntities', 'Companies']) {
      const one = await rows(fo, set)
      const all = await rows(fo, `${set}?cross-company=true`)
      assert.ok(one.length > 0 && one.length === all.length, set)
      assert.ok(!('dataAreaId' in (one[0] ?? {})), set)
    }
    assert.equal((await read(fo, `Companies('${ABROAD}')`)).DataArea, ABROAD)
    assert.equal((await read(fo, `LegalEntities(LegalEntityId='${ABROAD}')`)).LegalEntityId, ABROAD)
  }),
  works({ name: 'a company in any letter case', request: "GET CustomersV3(dataAreaId='USMF',…)", points: 'FO-018' }, async (fo, trade) => {
    assert.equal((await read(fo, of('USMF', trade.accounts[0]))).dataAreaId, HOME)
    assert.equal((await rows(fo, `CustomersV3?$filter=dataAreaId eq 'UsMf'&$top=1`)).length, 1)
  }),
  works(
    { name: 'a row that is moved to another company', request: "PATCH CustomersV3({key}) { dataAreaId: 'demf' }", points: 'FO-018' },
    async (fo, trade) => {
      const { CustomerAccount } = await create(fo, 'CustomersV3', trade.customer())
      await refused(400, patch(fo, of(HOME, CustomerAccount), { dataAreaId: ABROAD }), 'dataAreaId')
      await expectStatus(204, patch(fo, of(HOME, CustomerAccount), { dataAreaId: 'USMF', KnownAs: 'y' }))
      assert.equal((await read(fo, of(HOME, CustomerAccount))).KnownAs, 'y')
    },
  ),
  works(
    { name: 'a company that is not there or not allowed', request: "POST CustomersV3 { dataAreaId: 'zzzz' }", points: 'FO-019' },
    async (fo, trade) => {
      await refused(
        400,
        post(fo, 'CustomersV3?cross-company=true', trade.customer({ dataAreaId: 'zzzz' })),
        'The company zzzz does not exist or is not accessible.',
      )
      await refused(
        400,
        post(fo, 'PaymentTerms', { dataAreaId: 'zzzz', Name: 'Net1' }),
        'The company zzzz does not exist or is not accessible.',
      )
      assert.deepEqual(await rows(fo, "PaymentTerms?cross-company=true&$filter=dataAreaId eq 'zzzz'"), [])
      await expectStatus(404, get(fo, `${of('zzzz', trade.accounts[0])}?cross-company=true`))
    },
  ),
  works({ name: 'in a batch', request: 'POST $batch (GET CustomersV3?cross-company=true)', points: 'FO-020' }, async (fo, trade) => {
    const body = ['', '?cross-company=true']
      .flatMap((option) => [
        '--b',
        'Content-Type: application/http',
        'Content-Transfer-Encoding: binary',
        '',
        `GET ${of(ABROAD, trade.abroad)}${option} HTTP/1.1`,
        '',
        '',
      ])
      .concat('--b--', '')
      .join('\r\n')
    const reply = await expectStatus(200, fo.call('POST', '/$batch', { body, headers: { 'content-type': 'multipart/mixed; boundary=b' } }))
    assert.deepEqual(
      [...reply.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]),
      ['404', '200'],
    )
  }),
  works(
    {
      name: 'an action on a row',
      request: "POST ReleasedProductsV2(dataAreaId='demf',…)/…ValidateReleasedProduct?cross-company=true",
      points: 'FO-020 FO-065',
    },
    async (fo, trade) => {
      const row = `ReleasedProductsV2(dataAreaId='${HOME}',ItemNumber='${trade.item}')`
      assert.deepEqual(JSON.parse(String(await act(fo, row, 'ValidateReleasedProduct'))), [])
      const abroad = `ReleasedProductsV2(dataAreaId='${ABROAD}',ItemNumber='${trade.item}')/${NS}.ValidateReleasedProduct`
      await expectStatus(404, post(fo, abroad, {}))
      const { json } = await expectStatus(200, post(fo, `${abroad}?cross-company=true`, {}))
      assert.match(json.value, /is not released in legal entity demf/)
    },
  ),
  works(
    {
      name: 'expanded rows are of the company of their row',
      request: 'GET CustomersV3?cross-company=true&$expand=CustomerGroup',
      points: 'FO-012 FO-058',
    },
    async (fo, trade) => {
      const path = `CustomersV3?cross-company=true&$filter=CustomerAccount eq '${trade.abroad}'&$select=dataAreaId&$expand=CustomerGroup($select=dataAreaId)`
      const found = await rows(fo, path)
      assert.deepEqual(
        found.map((row: Json) => row.CustomerGroup.dataAreaId),
        found.map((row: Json) => row.dataAreaId),
      )
    },
  ),
])
