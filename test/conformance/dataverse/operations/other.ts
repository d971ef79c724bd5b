import { get, post } from '../calls.ts'
import { area, notOffered } from '../operation.ts'

const MISSING = { status: 404, code: '0x80060888' } as const

export const OTHER = area('Other parts of the service', [
  notOffered({ name: 'version of the service', request: 'GET RetrieveVersion()', ...MISSING, instead: '`GET /health`' }, (dv) =>
    get(dv, 'RetrieveVersion()'),
  ),
  notOffered(
    { name: 'the organisation in detail', request: 'GET RetrieveCurrentOrganization(…)', ...MISSING, instead: '`GET organizations`' },
    (dv) => get(dv, "RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')"),
  ),
  notOffered({ name: 'licences', request: 'GET RetrieveLicenseInfo(…)', ...MISSING }, (dv) => get(dv, 'RetrieveLicenseInfo(AccessMode=0)')),
  notOffered({ name: 'languages', request: 'GET RetrieveProvisionedLanguages()', ...MISSING, instead: 'labels are English (1033)' }, (dv) =>
    get(dv, 'RetrieveProvisionedLanguages()'),
  ),
  notOffered({ name: 'time zones', request: 'GET GetAllTimeZonesWithDisplayName(…)', ...MISSING, instead: 'all times are UTC' }, (dv) =>
    get(dv, 'GetAllTimeZonesWithDisplayName(LocaleId=1033)'),
  ),
  notOffered({ name: 'local time from UTC', request: 'POST LocalTimeFromUtcTime', ...MISSING }, (dv) =>
    post(dv, 'LocalTimeFromUtcTime', { TimeZoneCode: 4, UtcTime: '2025-01-01T00:00:00Z' }),
  ),
  notOffered({ name: 'an address as text', request: 'GET FormatAddress(…)', ...MISSING, instead: 'the `*_composite` columns' }, (dv) =>
    get(dv, "FormatAddress(Line1='a',City='b')"),
  ),
  notOffered({ name: 'a rollup column', request: 'GET CalculateRollupField(…)', ...MISSING }, (dv) =>
    get(dv, "CalculateRollupField(FieldName='opendeals',Target=@t)?@t={'@odata.id':'accounts'}"),
  ),
  notOffered(
    {
      name: 'rows above this one',
      request: 'GET accounts({id})/…RetrieveAllChildUsersSystemUser',
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
  notOffered(
    { name: 'elastic tables and their partitions', request: 'GET accounts?partitionId=x (CreateMultiple on an elastic table)', ...MISSING },
    (dv) => post(dv, 'msdyn_elastictables/Microsoft.Dynamics.CRM.CreateMultiple', { Targets: [] }),
  ),
  notOffered({ name: 'a file in blocks', request: 'POST InitializeFileBlocksUpload', ...MISSING }, (dv) =>
    post(dv, 'InitializeFileBlocksUpload', {}),
  ),
  notOffered({ name: 'imports of files', request: 'POST imports', ...MISSING, instead: '`CreateMultiple`, `UpsertMultiple`' }, (dv) =>
    post(dv, 'imports', { name: 'x' }),
  ),
  notOffered({ name: 'the audit log', request: 'GET audits', ...MISSING }, (dv) => get(dv, 'audits')),
  notOffered({ name: 'recycle bin', request: 'GET recyclebinconfigs', ...MISSING }, (dv) => get(dv, 'recyclebinconfigs')),
  notOffered(
    { name: 'queries in SQL', request: 'GET accounts?sql=…', status: 404, code: '0x80060888', instead: 'FetchXML' },
    (dv, market) => dv.call('POST', `${market.url}/api/sql`, { body: 'select 1' }),
  ),
])
