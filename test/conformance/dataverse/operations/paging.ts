import assert from 'node:assert/strict'
import { column, create, get, pages, q, read, refused, rows } from '../calls.ts'
import { area, differs, works } from '../operation.ts'

export const PAGING = area('Paging', [
  works({ name: 'pages of a size', request: 'GET accounts with odata.maxpagesize', points: 'DV-067 DV-009' }, async (dv, market) => {
    const path = `accounts?$select=name&$orderby=name&$filter=${q(`startswith(name,'${market.prefix}')`)}`
    const found = await pages(dv, path, { prefer: 'odata.maxpagesize=3' })
    assert.deepEqual(
      found.map((page) => page.length),
      [3, 1],
    )
    assert.equal((await get(dv, path, { prefer: 'odata.maxpagesize=3' })).headers.get('preference-applied'), 'odata.maxpagesize=3')
  }),
  works({ name: 'no row twice or lost while rows come in', request: 'GET @odata.nextLink', points: 'DV-069' }, async (dv, market) => {
    const name = market.fresh('Stable')
    const made: string[] = []
    for (const n of [1, 2, 3, 4, 5]) made.push(await create(dv, 'accounts', { name, numberofemployees: n % 2 }))
    const path = `accounts?$select=name&$orderby=numberofemployees&$filter=${q(`name eq '${name}'`)}`
    const first = await read(dv, path, { prefer: 'odata.maxpagesize=2' })
    await create(dv, 'accounts', { name, numberofemployees: 0 })
    const rest = await pages(dv, first['@odata.nextLink'].slice(dv.root.length + 1), { prefer: 'odata.maxpagesize=2' })
    const seen = [first.value, ...rest].flat().map((row) => row.accountid)
    assert.equal(new Set(seen).size, seen.length)
    for (const id of made) assert.ok(seen.includes(id))
  }),
  works(
    { name: '$top gives way to a page size', request: 'GET accounts?$top=1 with odata.maxpagesize', points: 'DV-066' },
    async (dv, market) => {
      const path = `accounts?$select=name&$top=1&$filter=${q(`startswith(name,'${market.prefix}')`)}`
      assert.equal((await rows(dv, path, { prefer: 'odata.maxpagesize=3' })).length, 3)
    },
  ),
  works({ name: 'page sizes that are none', request: 'Prefer: odata.maxpagesize=0', points: 'DV-067' }, async (dv) => {
    for (const size of ['0', '-5', 'many', '9999999'])
      assert.ok((await rows(dv, 'uoms?$select=name', { prefer: `odata.maxpagesize=${size}` })).length > 1)
  }),
  works({ name: 'a token that was made up', request: 'GET accounts?$skiptoken=x', points: 'DV-067' }, async (dv) => {
    await refused('400 0x80060888', get(dv, 'accounts?$select=name&$skiptoken=x'))
  }),
])

export const AGGREGATION = area('Aggregation', [
  works({ name: 'groups with sums', request: '$apply=filter(…)/groupby((…),aggregate(…))', points: 'DV-074' }, async (dv, market) => {
    const apply = `filter(startswith(name,'${market.prefix}'))/groupby((address1_city),aggregate(numberofemployees with sum as people,$count as n))`
    const groups = await rows(dv, `accounts?$apply=${q(apply)}`)
    const byCity = new Map(groups.map((row) => [row.address1_city, [row.people, row.n]]))
    assert.deepEqual(
      byCity,
      new Map([
        ['Oslo', [20, 2]],
        ['Bergen', [20, 1]],
        [undefined, [30, 1]],
      ]),
    )
  }),
  works({ name: 'smallest, greatest, average', request: '$apply=aggregate(… with min as …)', points: 'DV-074' }, async (dv, market) => {
    const apply = `filter(startswith(name,'${market.prefix}'))/aggregate(numberofemployees with min as low,numberofemployees with max as high,numberofemployees with average as mean)`
    const [row] = await rows(dv, `accounts?$apply=${q(apply)}`)
    assert.deepEqual([row?.low, row?.high, Number(row?.mean)], [10, 30, 17.5])
  }),
  works(
    { name: 'groups by a column of a parent', request: '$apply=groupby((primarycontactid/fullname))', points: 'DV-074' },
    async (dv, market) => {
      const groups = await rows(
        dv,
        `accounts?$apply=${q(`filter(startswith(name,'${market.prefix} A'))/groupby((primarycontactid/fullname))`)}`,
      )
      assert.deepEqual(
        groups.map((row) => row.contact_fullname),
        ['Ada Lind'],
      )
    },
  ),
  works({ name: 'the last creation', request: '$apply=aggregate(createdon with max as last)', points: 'DV-074' }, async (dv) => {
    const [row] = await rows(dv, `accounts?$apply=${q('aggregate(createdon with max as last,createdon with min as first)')}`)
    for (const name of ['last', 'first']) assert.match(row?.[name], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  }),
  differs(
    {
      name: 'display texts of groups and sums',
      request: '$apply=… with annotations',
      points: 'DV-074 DV-010',
      difference:
        'amounts are added as they stand, also of several currencies, and a sum shows no sign of a currency; group by the currency, or add the `_base` columns',
    },
    async (dv, market) => {
      const apply = `filter(startswith(name,'${market.prefix} A'))/groupby((statuscode),aggregate(revenue with sum as total,$count as n))`
      const [row] = await rows(dv, `accounts?$apply=${q(apply)}`, {
        prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"',
      })
      const text = (name: string): unknown => row?.[`${name}@OData.Community.Display.V1.FormattedValue`]
      assert.deepEqual([text('statuscode'), text('total'), text('n')], ['Active', '1,000.50', '1'])
    },
  ),
  works({ name: 'different values only', request: '$apply=groupby((numberofemployees))', points: 'DV-074' }, async (dv, market) => {
    const values = await column(
      dv,
      `accounts?$apply=${q(`filter(startswith(name,'${market.prefix}'))/groupby((numberofemployees))`)}`,
      'numberofemployees',
    )
    assert.deepEqual(new Set(values), new Set([10, 20, 30]))
  }),
  works({ name: 'order by a sum is refused', request: '$apply=…&$orderby=total', points: 'DV-074' }, async (dv) => {
    const reply = await get(dv, `accounts?$apply=${q('groupby((address1_city),aggregate($count as n))')}&$orderby=n`)
    assert.equal(reply.status, 400, reply.text)
    assert.match(reply.json.error.message, /SingleValueOpenPropertyAccess is not supported/)
  }),
])
