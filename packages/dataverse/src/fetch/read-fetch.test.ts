import { expect, test } from 'vitest'
import { formatFetchCookie, readFetchCookie } from './fetch-cookie.ts'
import { readFetch } from './read-fetch.ts'

test('FetchXML is read as tools and people write it', () => {
  const written = `\uFEFF<?xml version="1.0" encoding="utf-8"?>
    <!-- a view -->
    <fetch version='1.0' output-format='xml-platform' mapping='logical' distinct='false' no-lock='true' latematerialize='true' count='50' page='2' unknown='x'>
      <entity name='account' >
        <!-- columns -->
        <attribute name='name' />
        <order attribute='name' descending='true' />
        <filter type='AND' isquickfindfields='0'>
          <condition attribute='name' operator='IN'><value>A &amp; B</value><value><![CDATA[<C>]]></value></condition>
          <condition attribute='statecode' operator='eq' value='0' uiname='x' uitype='y' />
        </filter>
        <link-entity name='contact' from='contactid' to='primarycontactid' link-type='natural' visible='false' intersect='false' alias='c'/>
      </entity>
    </fetch>
  `
  expect(readFetch(written)).toEqual({
    distinct: false,
    aggregate: false,
    countsTotal: false,
    rawOrder: false,
    count: 50,
    page: 2,
    entity: {
      name: 'account',
      attributes: [{ name: 'name', groupBy: false, distinct: false }],
      allAttributes: false,
      orders: [{ attribute: 'name', descending: true }],
      filters: [
        {
          type: 'and',
          conditions: [
            { attribute: 'name', operator: 'in', values: ['A & B', '<C>'] },
            { attribute: 'statecode', operator: 'eq', values: ['0'] },
          ],
          filters: [],
          links: [],
        },
      ],
      links: [
        {
          name: 'contact',
          attributes: [],
          allAttributes: false,
          orders: [],
          filters: [],
          links: [],
          type: 'inner',
          from: 'contactid',
          to: 'primarycontactid',
          alias: 'c',
        },
      ],
    },
  })
})

test('DV-077 a cookie is read back as it is, decoded once, twice or not at all', () => {
  const columns = [
    { name: 'name', first: 'a', last: `<&"'%41>`, isId: false },
    { name: 'c.birthdate', first: null, last: null, isId: false },
    { name: 'accountid', first: null, last: '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f001', isId: true },
  ]
  const annotation = formatFetchCookie(3, columns)
  const attribute = /pagingcookie="([^"]*)"/.exec(annotation)?.[1] ?? ''
  const expected = { page: 3, last: new Map(columns.map(({ name, last }) => [name, last])) }
  const once = decodeURIComponent(attribute)
  for (const text of [attribute, once, decodeURIComponent(once), annotation])
    expect([text, readFetchCookie(text)]).toEqual([text, expected])
})
