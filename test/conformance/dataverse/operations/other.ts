import assert from 'node:assert/strict'
import { create, expectStatus, get, NS, post, read } from '../calls.ts'
import { area, differs, notOffered, works } from '../operation.ts'

const MISSING = { status: 404, code: '0x80060888' } as const

export const OTHER = area('Other parts of the service', [
  works({ name: 'version of the service', request: 'GET RetrieveVersion()' }, async (dv) => {
    assert.match((await read(dv, 'RetrieveVersion()')).Version, /^9\.2\.\d+\.\d+$/)
  }),
  differs(
    {
      name: 'the organisation in detail',
      request: 'GET RetrieveCurrentOrganization(…)',
      difference: '`Geo` and `TenantId` are null, and the end points name the Web application only',
    },
    async (dv, market) => {
      const { Detail } = await read(dv, `RetrieveCurrentOrganization(AccessType=@p1)?@p1=${NS}.EndpointAccessType'Default'`)
      const organization = await read(dv, `organizations(${market.whoAmI.OrganizationId})?$select=name`)
      assert.deepEqual([Detail.OrganizationId, Detail.FriendlyName], [market.whoAmI.OrganizationId, organization.name])
      assert.deepEqual([Detail.Geo, Detail.TenantId, Detail.Endpoints.Keys], [null, null, ['WebApplication']])
      await expectStatus(400, get(dv, `RetrieveCurrentOrganization(AccessType=${NS}.EndpointAccessType'Nowhere')`))
    },
  ),
  works({ name: 'the time stamp of the database', request: 'GET RetrieveTimestamp()' }, async (dv, market) => {
    const before = BigInt((await read(dv, 'RetrieveTimestamp()')).Timestamp)
    const id = await create(dv, 'accounts', { name: market.fresh('Later') })
    assert.ok(BigInt((await read(dv, `accounts(${id})?$select=versionnumber`)).versionnumber) > before)
  }),
  notOffered({ name: 'licences', request: 'GET RetrieveLicenseInfo(…)', ...MISSING }, (dv) => get(dv, 'RetrieveLicenseInfo(AccessMode=0)')),
  works({ name: 'languages', request: 'GET RetrieveProvisionedLanguages(), RetrieveAvailableLanguages()' }, async (dv) => {
    assert.deepEqual((await read(dv, 'RetrieveProvisionedLanguages()')).RetrieveProvisionedLanguages, [1033])
    assert.deepEqual((await read(dv, 'RetrieveAvailableLanguages()')).LocaleIds, [1033])
  }),
  notOffered({ name: 'time zones', request: 'GET GetAllTimeZonesWithDisplayName(…)', ...MISSING, instead: 'all times are UTC' }, (dv) =>
    get(dv, 'GetAllTimeZonesWithDisplayName(LocaleId=1033)'),
  ),
  notOffered({ name: 'local time from UTC', request: 'POST LocalTimeFromUtcTime', ...MISSING }, (dv) =>
    post(dv, 'LocalTimeFromUtcTime', { TimeZoneCode: 4, UtcTime: '2025-01-01T00:00:00Z' }),
  ),
  works({ name: 'an address as text', request: 'GET FormatAddress(…)' }, async (dv) => {
    const parts = "@p1='1-2-3 Sakura'&@p2='Nagoya'&@p3='Aichi'&@p4='455-2345'&@p5='JAPAN'"
    const answer = await read(dv, `FormatAddress(Line1=@p1,City=@p2,StateOrProvince=@p3,PostalCode=@p4,Country=@p5)?${parts}`)
    assert.equal(answer.Address, '455-2345\nAichi\nNagoya\n1-2-3 Sakura\nJAPAN')
    assert.equal((await get(dv, "FormatAddress(Line1='a',City='b')")).status, 400)
  }),
  notOffered({ name: 'a rollup column', request: 'GET CalculateRollupField(…)', ...MISSING }, (dv) =>
    get(dv, "CalculateRollupField(FieldName='opendeals',Target=@t)?@t={'@odata.id':'accounts'}"),
  ),
  notOffered(
    {
      name: 'users below a manager',
      request: 'GET systemusers({id})/…RetrieveAllChildUsersSystemUser',
      ...MISSING,
      instead: '`Microsoft.Dynamics.CRM.Under`',
    },
    (dv, market) => get(dv, `systemusers(${market.whoAmI.UserId})/Microsoft.Dynamics.CRM.RetrieveAllChildUsersSystemUser()`),
  ),
  notOffered({ name: 'a custom API', request: 'POST customapis', ...MISSING }, (dv) => post(dv, 'customapis', { uniquename: 'new_x' })),
  notOffered({ name: 'a custom action by its name', request: 'POST new_DoSomething', ...MISSING }, (dv) => post(dv, 'new_DoSomething', {})),
  notOffered({ name: 'a workflow is run', request: 'POST workflows({id})/…ExecuteWorkflow', ...MISSING }, (dv, market) =>
    post(dv, `workflows(${market.productId})/Microsoft.Dynamics.CRM.ExecuteWorkflow`, { EntityId: market.accounts[0] }),
  ),
  notOffered(
    { name: 'several messages in one transaction', request: 'POST ExecuteTransaction', ...MISSING, instead: 'change sets' },
    (dv) => post(dv, 'ExecuteTransaction', {}),
  ),
  notOffered({ name: 'an e-mail is sent', request: 'POST emails', ...MISSING }, (dv) => post(dv, 'emails', { subject: 'x' })),
  notOffered({ name: 'queues', request: 'GET queues', ...MISSING }, (dv) => get(dv, 'queues')),
  notOffered({ name: 'elastic tables and their partitions', request: 'POST {elastic table}/…CreateMultiple', ...MISSING }, (dv) =>
    post(dv, 'msdyn_elastictables/Microsoft.Dynamics.CRM.CreateMultiple', { Targets: [] }),
  ),
  notOffered({ name: 'a file in blocks', request: 'POST InitializeFileBlocksUpload', ...MISSING }, (dv) =>
    post(dv, 'InitializeFileBlocksUpload', {}),
  ),
  notOffered({ name: 'imports of files', request: 'POST imports', ...MISSING, instead: '`CreateMultiple`, `UpsertMultiple`' }, (dv) =>
    post(dv, 'imports', { name: 'x' }),
  ),
  notOffered({ name: 'the audit log', request: 'GET audits', ...MISSING }, (dv) => get(dv, 'audits')),
  notOffered({ name: 'recycle bin', request: 'GET recyclebinconfigs', ...MISSING }, (dv) => get(dv, 'recyclebinconfigs')),
])
