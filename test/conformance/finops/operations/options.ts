import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { column, expectStatus, get, pages, post, q, read, refused, rows } from '../calls.ts'
import { area, works } from '../operation.ts'
import type { Trade } from '../trade.ts'

const ours = (trade: Trade): string =>
  q(trade.accounts.map((account) => `CustomerAccount eq '${account.replaceAll("'", "''")}'`).join(' or '))
const names = async (fo: OutsideClient, trade: Trade, query: string): Promise<readonly string[]> =>
  (await column(fo, `CustomersV3?$select=OrganizationName&$filter=${ours(trade)}${query}`, 'OrganizationName')).map(
    (name) => String(name).split(' ')[0] ?? '',
  )

/** Customers of one test, sorted by what they were created with. */
async function many(fo: OutsideClient, trade: Trade, count: number): Promise<string> {
  const prefix = trade.fresh('P')
  const create = (n: number) => trade.customer({ CustomerAccount: `${prefix}${n}`, NameAlias: `N${n % 3}`, CreditLimit: n % 5 })
  for (let n = 0; n < count; n += 1) await expectStatus(201, post(fo, 'CustomersV3', create(n)))
  return prefix
}

export const OPTIONS = area('Query options', [
  works({ name: '$select', request: 'GET CustomersV3?$select=…', points: 'FO-051' }, async (fo) => {
    const [row] = await rows(fo, 'CustomersV3?$top=1&$select=OrganizationName, CustomerAccount,CustomerAccount')
    assert.deepEqual(Object.keys(row ?? {}), ['@odata.etag', 'OrganizationName', 'CustomerAccount'])
    const [all] = await rows(fo, 'CustomersV3?$top=1&$select=*')
    assert.ok('SalesMemo' in (all ?? {}))
  }),
  works(
    { name: '$orderby', request: 'GET CustomersV3?$orderby=CreditLimit desc,OrganizationName', points: 'FO-051' },
    async (fo, trade) => {
      assert.deepEqual(await names(fo, trade, '&$orderby=OrganizationName'), ['Alpha', 'Beta', 'Delta', 'Gamma'])
      assert.deepEqual(await names(fo, trade, '&$orderby=OrganizationName desc'), ['Gamma', 'Delta', 'Beta', 'Alpha'])
      assert.deepEqual(await names(fo, trade, '&$orderby=CreditLimit desc,OrganizationName desc'), ['Alpha', 'Beta', 'Gamma', 'Delta'])
      assert.deepEqual(await names(fo, trade, '&$orderby=PaymentTerms asc, OrganizationName asc'), ['Gamma', 'Alpha', 'Beta', 'Delta'])
    },
  ),
  works({ name: 'the order without $orderby', request: 'GET CustomersV3', points: 'FO-063' }, async (fo, trade) => {
    const keys = await column(fo, `CustomersV3?$select=CustomerAccount&$filter=${ours(trade)}`, 'CustomerAccount')
    assert.deepEqual(keys, [...trade.accounts])
  }),
  works({ name: '$top and $skip', request: 'GET CustomersV3?$top=2&$skip=1', points: 'FO-051' }, async (fo, trade) => {
    const sorted = '&$orderby=OrganizationName'
    assert.deepEqual(await names(fo, trade, `${sorted}&$top=2`), ['Alpha', 'Beta'])
    assert.deepEqual(await names(fo, trade, `${sorted}&$top=2&$skip=1`), ['Beta', 'Delta'])
    assert.deepEqual(await names(fo, trade, `${sorted}&$skip=3`), ['Gamma'])
    assert.deepEqual(await names(fo, trade, `${sorted}&$top=0`), [])
    assert.deepEqual(await names(fo, trade, `${sorted}&$skip=99`), [])
  }),
  works({ name: '$count=true', request: 'GET CustomersV3?$count=true&$top=1', points: 'FO-062' }, async (fo, trade) => {
    const answer = await read(fo, `CustomersV3?$filter=${ours(trade)}&$count=true&$top=1&$select=CustomerAccount`)
    assert.deepEqual([answer['@odata.count'], answer.value.length], [4, 1])
    assert.ok(!('@odata.count' in (await read(fo, 'CustomersV3?$count=false&$top=1'))))
  }),
  works({ name: '/$count', request: 'GET CustomersV3/$count', points: 'FO-051 FO-020' }, async (fo, trade) => {
    const reply = await expectStatus(200, get(fo, `CustomersV3/$count?$filter=${ours(trade)}`))
    assert.equal(reply.text, '4')
    assert.match(reply.headers.get('content-type') ?? '', /^text\/plain/)
    assert.equal((await get(fo, `CustomersV3/$count?$filter=(${ours(trade)}) and CreditLimit gt 0`)).text, '2')
  }),
  works({ name: '$format', request: 'GET CustomersV3?$format=json', points: 'FO-051' }, async (fo) => {
    await expectStatus(200, get(fo, 'CustomersV3?$format=json&$top=1'))
    await refused(400, get(fo, 'CustomersV3?$format=xml'), 'only json is answered')
  }),
  works(
    { name: 'options in any order, with blanks', request: 'GET CustomersV3?$top=1&cross-company=true&$orderby=…', points: 'FO-122 FO-051' },
    async (fo) => {
      const one = await read(fo, 'CustomersV3?$top=1&cross-company=true&$orderby=CustomerAccount desc&$select=CustomerAccount')
      const two = await read(fo, 'CustomersV3?$select=CustomerAccount&$orderby=CustomerAccount desc&cross-company=true&$top=1')
      assert.deepEqual(one.value, two.value)
    },
  ),
  works({ name: 'an option twice', request: 'GET CustomersV3?$top=1&$top=2', points: 'FO-051' }, async (fo) => {
    await expectStatus(400, get(fo, 'CustomersV3?$top=1&$top=2'))
    await expectStatus(200, get(fo, 'CustomersV3?cross-company=true&cross-company=true&$top=1'))
  }),
  works({ name: 'an option that cannot be read', request: 'GET CustomersV3?$top=-1', points: 'FO-051' }, async (fo) => {
    for (const query of [
      '$top=-1',
      '$top=x',
      '$top=1.5',
      '$skip=-1',
      '$count=maybe',
      '$orderby=CustomerAccount sideways',
      '$select=',
      '$nope=1',
    ])
      await expectStatus(400, get(fo, `CustomersV3?${query}`))
  }),
  works({ name: 'an option that is unknown and has no $', request: 'GET CustomersV3?trace=1', points: 'FO-051' }, async (fo) => {
    await expectStatus(200, get(fo, 'CustomersV3?trace=1&$top=1'))
  }),
  works({ name: 'pages', request: 'GET CustomersV3 (Prefer: odata.maxpagesize=3)', points: 'FO-059' }, async (fo, trade) => {
    const prefix = await many(fo, trade, 8)
    const found = await pages(fo, `CustomersV3?$select=CustomerAccount&$filter=CustomerAccount eq '${prefix}*'`, {
      prefer: 'odata.maxpagesize=3',
    })
    assert.deepEqual(
      found.map((page) => page.length),
      [3, 3, 2],
    )
    assert.equal(new Set(found.flat().map((row) => row.CustomerAccount)).size, 8)
  }),
  works(
    { name: 'pages in an order of the client', request: 'GET CustomersV3?$orderby=NameAlias desc', points: 'FO-059' },
    async (fo, trade) => {
      const prefix = await many(fo, trade, 7)
      for (const sorting of ['NameAlias desc', 'CreditLimit,NameAlias', 'KnownAs']) {
        const found = await pages(
          fo,
          `CustomersV3?$select=CustomerAccount,NameAlias&$filter=CustomerAccount eq '${prefix}*'&$orderby=${sorting}`,
          { prefer: 'odata.maxpagesize=2' },
        )
        assert.equal(new Set(found.flat().map((row) => row.CustomerAccount)).size, 7, sorting)
        const whole = await rows(
          fo,
          `CustomersV3?$select=CustomerAccount,NameAlias&$filter=CustomerAccount eq '${prefix}*'&$orderby=${sorting}`,
        )
        assert.deepEqual(found.flat(), whole)
      }
    },
  ),
  works(
    { name: 'pages of a part', request: 'GET CustomersV3?$top=5&$skip=1 (Prefer: odata.maxpagesize=2)', points: 'FO-059' },
    async (fo, trade) => {
      const prefix = await many(fo, trade, 8)
      const path = `CustomersV3?$select=CustomerAccount&$filter=CustomerAccount eq '${prefix}*'&$top=5&$skip=1&$count=true`
      const found = await pages(fo, path, { prefer: 'odata.maxpagesize=2' })
      assert.deepEqual(
        found.map((page) => page.length),
        [2, 2, 1],
      )
      assert.deepEqual(
        found.flat().map((row) => row.CustomerAccount),
        [1, 2, 3, 4, 5].map((n) => `${prefix}${n}`),
      )
    },
  ),
  works({ name: 'rows that come and go between two pages', request: 'GET {@odata.nextLink}' }, async (fo, trade) => {
    const prefix = await many(fo, trade, 4)
    const path = `CustomersV3?$select=CustomerAccount&$filter=CustomerAccount eq '${prefix}*'`
    const first = await read(fo, path, { prefer: 'odata.maxpagesize=2' })
    await expectStatus(204, fo.call('DELETE', `/CustomersV3(dataAreaId='usmf',CustomerAccount='${prefix}0')`))
    const second = await expectStatus(200, fo.call('GET', first['@odata.nextLink'], { headers: { prefer: 'odata.maxpagesize=2' } }))
    assert.deepEqual(
      second.json.value.map((row: { CustomerAccount: string }) => row.CustomerAccount),
      [`${prefix}2`, `${prefix}3`],
    )
  }),
  works({ name: 'the link to the next page', request: 'GET {@odata.nextLink}', points: 'FO-059' }, async (fo) => {
    const { '@odata.nextLink': link } = await read(fo, 'Currencies?$select=CurrencyCode&cross-company=true', {
      prefer: 'odata.maxpagesize=1',
    })
    const address = new URL(link)
    assert.equal(`${address.origin}${address.pathname}`, `${fo.root}/Currencies`)
    assert.match(address.searchParams.get('$skiptoken') ?? '', /^[A-Za-z0-9_-]+$/)
    assert.equal(address.searchParams.get('cross-company'), 'true')
  }),
  works({ name: 'a link that nobody gave out', request: 'GET CustomersV3?$skiptoken=nonsense', points: 'FO-059' }, async (fo) => {
    await refused(400, get(fo, 'CustomersV3?$skiptoken=nonsense'), '$skiptoken')
  }),
  works({ name: 'a page that is too big', request: 'GET CustomersV3 (Prefer: odata.maxpagesize=20000)', points: 'FO-059' }, async (fo) => {
    for (const prefer of ['odata.maxpagesize=20000', 'odata.maxpagesize=0', 'odata.maxpagesize=many', 'maxpagesize=2'])
      await expectStatus(200, get(fo, 'Currencies?$select=CurrencyCode', { prefer }))
  }),
])
