import { expect, test } from 'vitest'
import { guid, startPlatform } from './platform.case.ts'

const DEEP = `${'('.repeat(500)}name eq 'x'${')'.repeat(500)}`

/** Method, URL, body: none of these may be answered by a fault of the server. */
const REQUESTS: readonly (readonly [string, string, unknown?])[] = [
  ['GET', `accounts?$filter=${DEEP}`],
  ['GET', 'accounts?$filter=creditlimit eq 1e999999'],
  ['GET', 'accounts?$filter=numberofemployees eq 99999999999999999999999'],
  ['GET', 'accounts?$filter=createdon eq 9999-99-99T00:00:00Z'],
  ['GET', 'accounts?$filter=createdon gt 0001-01-01T00:00:00Z'],
  ['GET', "accounts?$filter=name eq '\u0000'"],
  ['GET', "accounts?$filter=contains(name,'[')"],
  ['GET', "accounts?$filter=contains(name,'\\\\')"],
  ['GET', "accounts?$filter=Microsoft.Dynamics.CRM.LastXDays(PropertyName='createdon',PropertyValue=999999999)"],
  ['GET', "accounts?$filter=Microsoft.Dynamics.CRM.LastXYears(PropertyName='createdon',PropertyValue=-5)"],
  ['GET', "accounts?$filter=Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=[{}])"],
  ['GET', "accounts?$filter=Microsoft.Dynamics.CRM.Under(PropertyName='accountid',PropertyValue='x')"],
  ['GET', 'accounts?$orderby=primarycontactid'],
  ['GET', 'accounts?$orderby=contact_customer_accounts/$count'],
  ['GET', 'accounts?$apply=groupby((createdon))'],
  ['GET', 'accounts?$apply=aggregate(name with sum as x)'],
  ['GET', 'accounts?$apply=aggregate(creditlimit with sum as x,creditlimit with sum as x)'],
  ['GET', 'accounts?$apply=groupby((name))/filter(name eq 5)'],
  ['GET', "accounts?$skiptoken=<cookie pagenumber='2' pagingcookie='%253Ccookie%253E' />"],
  [
    'GET',
    'accounts?$orderby=creditlimit&$skiptoken=%3Ccookie%20pagenumber=%222%22%20pagingcookie=%22%253Ccookie%2520page%253D%25221%2522%253E%253Ccreditlimit%2520last%253D%2522x%2522%2520%252F%253E%253Caccountid%2520last%253D%2522%257B6F1C2A90-3B7E-4D11-9A55-0D3C8E21F011%257D%2522%2520%252F%253E%253C%252Fcookie%253E%22%20/%3E',
  ],
  ['GET', 'accounts?$select=name,name&$expand=primarycontactid,primarycontactid'],
  ['GET', 'accounts?$top=99999999999999999999'],
  ['GET', "accounts(accountnumber='a%2Fb')"],
  ['GET', 'accounts()'],
  ['GET', 'accounts({G:01})/contact_customer_accounts({G:02})/fullname'],
  ['GET', 'accounts({G:01})/primarycontactid/fullname/$value'],
  ['GET', 'accounts({G:01})/primarycontactid/$count'],
  ['GET', 'accounts({G:01})/$count'],
  ['GET', 'accounts/$value'],
  ['GET', '$1'],
  ['GET', '//'],
  ['GET', "EntityDefinitions(LogicalName='account')/Attributes?$filter=LogicalName/x/y eq 5"],
  ['GET', 'EntityDefinitions?$filter=Keys/any(k:k/x eq 1)'],
  ['GET', 'EntityDefinitions({G:01})/Attributes(x)'],
  ['GET', 'RetrieveTotalRecordCount(EntityNames={"a":1})'],
  ['GET', 'RetrieveTotalRecordCount(EntityNames=["pg_class"])'],
  ['PUT', 'accounts({G:01})', {}],
  ['POST', 'accounts({G:01})', {}],
  ['PATCH', 'accounts({G:01})/name', { value: 1 }],
  ['PUT', 'accounts({G:01})/name', {}],
  ['PUT', 'accounts({G:01})/versionnumber', { value: 5 }],
  ['PUT', 'accounts({G:01})/accountid', { value: guid('77') }],
  ['PATCH', 'accounts({G:01})', { accountid: guid('77') }],
  ['PATCH', 'accounts({G:01})', { 'ownerid@odata.bind': null }],
  ['PATCH', 'accounts({G:01})', { 'ownerid@odata.bind': '/accounts({G:01})' }],
  ['PATCH', 'accounts({G:01})', { 'transactioncurrencyid@odata.bind': null, creditlimit: null }],
  ['PATCH', 'accounts({G:01})', { primarycontactid: { lastname: 'x' } }],
  ['PATCH', 'accounts({G:01})', { 'contact_customer_accounts@odata.bind': ['/contacts({G:02})'] }],
  ['PATCH', 'accounts({G:01})', { statecode: null, statuscode: null }],
  ['POST', 'accounts', { constructor: 1 }],
  ['POST', 'accounts', '{"__proto__":{"name":"x"}}'],
  ['POST', 'accounts', { toString: 'x' }],
  ['POST', 'accounts', { name: '\uD800' }],
  ['POST', 'accounts', { name: 'x', contact_customer_accounts: [5] }],
  ['POST', 'accounts', { name: 'x', primarycontactid: { parentcustomerid_account: { name: 'y', primarycontactid: { lastname: 'z' } } } }],
  [
    'POST',
    'accounts',
    `{"name":"x","primarycontactid":${'{"parentcustomerid_account":{"primarycontactid":'.repeat(60)}null${'}}'.repeat(60)}}`,
  ],
  ['POST', 'accounts', { '@odata.bind': '/contacts({G:02})' }],
  ['POST', 'accounts', { 'primarycontactid@odata.bind': 'https://elsewhere.example/api/data/v9.2/contacts({G:02})/x' }],
  ['POST', 'accounts', { creditlimit: 0.0000000000000001 }],
  ['POST', 'accounts/Microsoft.Dynamics.CRM.Nothing', {}],
  ['POST', 'organizations', { name: 'second' }],
  ['DELETE', 'transactioncurrencies({G:0b})'],
  ['DELETE', 'businessunits({G:0d})'],
  ['DELETE', 'accounts({G:01})/primarycontactid'],
  ['DELETE', 'accounts({G:01})/accountid'],
  ['DELETE', 'accounts({G:01})/contact_customer_accounts/$ref'],
  ['PUT', 'accounts({G:01})/primarycontactid/$ref', { '@odata.id': 5 }],
  ['PUT', 'accounts({G:01})/primarycontactid/$ref', {}],
  ['POST', '$batch', 'x'],
  ['GET', '$batch'],
  ['OPTIONS', 'accounts'],
]

test('no request is answered by a fault of the server, and every refusal has the error body', async (t) => {
  const { send } = await startPlatform(t)
  for (const [method, url, body] of REQUESTS) {
    const answer = await send(method, url, body === undefined ? {} : { body })
    const request = `${method} ${url.slice(0, 150)} ${JSON.stringify(body)?.slice(0, 100)}`
    expect([request, answer.status < 500, answer.text.slice(0, 200)]).toEqual([request, true, answer.text.slice(0, 200)])
    if (answer.status >= 400) expect([request, typeof answer.json?.error?.message]).toEqual([request, 'string'])
  }
  expect((await send('GET', 'accounts?$select=name')).status).toBe(200)
})
