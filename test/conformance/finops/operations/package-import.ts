import assert from 'node:assert/strict'
import { zipSync } from 'fflate'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { expectStatus, get, type Json, q, read, refused, rows } from '../calls.ts'
import { area, works } from '../operation.ts'
import {
  type DataFile,
  download,
  ended,
  importPackage,
  manage,
  packageOf,
  startImport,
  tryToManage,
  unpack,
  upload,
  utf8PackageOf,
} from '../package-file.ts'
import { ABROAD, HOME } from '../trade.ts'

const ACTION = 'POST DataManagementDefinitionGroups/…'
const COLUMNS = ['CUSTOMERACCOUNT', 'ORGANIZATIONNAME', 'CUSTOMERGROUPID', 'SALESCURRENCYCODE', 'ONHOLDSTATUS', 'CREDITLIMIT']

/** Customers as a file: account, name, group. */
const customers = (
  accounts: readonly (readonly [account: string, name: string, group?: string])[],
  more: Partial<DataFile> = {},
): DataFile => ({
  entityName: 'Customers V3',
  sourceFormat: 'CSV',
  columns: COLUMNS,
  content: [COLUMNS.join(','), ...accounts.map(([account, name, group = '10']) => `${account},"${name}",${group},USD,,5`), ''].join('\r\n'),
  ...more,
})

const nameOf = async (fo: OutsideClient, account: string, company = HOME): Promise<string | undefined> =>
  (
    await rows(
      fo,
      `CustomersV3?cross-company=true&$select=OrganizationName&$filter=${q(`dataAreaId eq '${company}' and CustomerAccount eq '${account}'`)}`,
    )
  )[0]?.OrganizationName

export const PACKAGE_IMPORT = area('Data packages: import', [
  works({ name: 'a place to upload to', request: `${ACTION}GetAzureWriteUrl`, points: 'FO-083' }, async (fo) => {
    const reply = await expectStatus(200, tryToManage(fo, 'GetAzureWriteUrl', { uniqueFileName: 'a b.zip' }))
    assert.equal(reply.json['@odata.context'], `${fo.root}/$metadata#Edm.String`)
    const { BlobId, BlobUrl } = JSON.parse(reply.json.value)
    assert.match(BlobId, /^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/)
    for (const name of ['sv', 'sr', 'sig', 'se', 'sp']) assert.ok(new URL(BlobUrl).searchParams.has(name), name)
  }),
  works({ name: 'the upload', request: 'PUT {BlobUrl}', points: 'FO-084 FO-004' }, async (fo) => {
    const { BlobUrl } = JSON.parse(String(await manage(fo, 'GetAzureWriteUrl', { uniqueFileName: 'a.zip' })))
    const put = (url: string, headers: Record<string, string>) => fo.call('PUT', url, { body: 'x', headers, token: '' })
    await expectStatus(201, put(BlobUrl, { 'x-ms-blob-type': 'BlockBlob' }))
    await expectStatus(400, put(BlobUrl, {}))
    await expectStatus(403, put(BlobUrl.replace(/sig=[^&]+/, 'sig=x'), { 'x-ms-blob-type': 'BlockBlob' }))
    await expectStatus(403, put(BlobUrl.replace(/se=[^&]+/, 'se=2999-01-01T00%3A00%3A00Z'), { 'x-ms-blob-type': 'BlockBlob' }))
  }),
  works({ name: 'an import', request: `${ACTION}ImportFromPackage`, points: 'FO-085 FO-095' }, async (fo, trade) => {
    const [one, two] = [trade.fresh('I'), trade.fresh('I')]
    const { status } = await importPackage(
      fo,
      packageOf([
        customers([
          [one, 'Ærø "" & <b>'],
          [two, 'two'],
        ]),
      ]),
    )
    assert.equal(status, 'Succeeded')
    assert.deepEqual([await nameOf(fo, one), await nameOf(fo, two)], ['Ærø " & <b>', 'two'])
  }),
  works({ name: 'an import that is answered at once', request: `${ACTION}ImportFromPackageAsync`, points: 'FO-085' }, async (fo, trade) => {
    const account = trade.fresh('I')
    const packageUrl = await upload(fo, packageOf([customers([[account, 'later']])]))
    const parameters = {
      packageUrl,
      definitionGroupId: 'Conformance',
      executionId: '',
      execute: true,
      overwrite: true,
      legalEntityId: HOME,
    }
    assert.equal(await ended(fo, String(await manage(fo, 'ImportFromPackageAsync', parameters))), 'Succeeded')
    assert.equal(await nameOf(fo, account), 'later')
  }),
  works({ name: 'the same rows again', request: `${ACTION}ImportFromPackage`, points: 'FO-085' }, async (fo, trade) => {
    const account = trade.fresh('I')
    for (const name of ['first', 'second']) await importPackage(fo, packageOf([customers([[account.toLowerCase(), name]])]))
    assert.equal(await nameOf(fo, account), 'second')
  }),
  works(
    { name: 'into another company', request: `${ACTION}ImportFromPackage { legalEntityId: 'demf' }`, points: 'FO-085 FO-019' },
    async (fo, trade) => {
      const account = trade.fresh('I')
      await importPackage(fo, packageOf([customers([[account, 'abroad']])]), { legalEntityId: ABROAD })
      assert.deepEqual([await nameOf(fo, account, ABROAD), await nameOf(fo, account)], ['abroad', undefined])
      const reply = await startImport(fo, packageOf([customers([[account, 'x']])]), { legalEntityId: 'zzzz' })
      assert.match((await refused(400, Promise.resolve(reply), 'zzzz')).text, /does not exist or is not accessible/)
    },
  ),
  works(
    { name: 'the definition alone', request: `${ACTION}ImportFromPackage { execute: false }`, points: 'FO-085 FO-087' },
    async (fo, trade) => {
      const account = trade.fresh('I')
      const reply = await expectStatus(200, startImport(fo, packageOf([customers([[account, 'x']])]), { execute: false }))
      assert.equal(await manage(fo, 'GetExecutionSummaryStatus', { executionId: reply.json.value }), 'NotRun')
      assert.equal(await nameOf(fo, account), undefined)
    },
  ),
  works({ name: 'an id of the client', request: `${ACTION}ImportFromPackage { executionId }`, points: 'FO-086' }, async (fo, trade) => {
    const content = packageOf([customers([[trade.fresh('I'), 'x']])])
    const executionId = trade.fresh('EX')
    assert.equal((await importPackage(fo, content, { executionId })).executionId, executionId)
    await refused(400, startImport(fo, content, { executionId }), executionId)
  }),
  works({ name: 'an id of the server', request: `${ACTION}ImportFromPackage { executionId: '' }`, points: 'FO-086' }, async (fo, trade) => {
    const { executionId } = await importPackage(fo, packageOf([customers([[trade.fresh('I'), 'x']])]))
    assert.match(executionId, /^Conformance-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-[0-9A-F]{32}$/)
  }),
  works({ name: 'good rows and bad rows', request: `${ACTION}GetExecutionSummaryStatus`, points: 'FO-087 FO-089' }, async (fo, trade) => {
    const [good, bad] = [trade.fresh('I'), trade.fresh('I')]
    const { status } = await importPackage(
      fo,
      packageOf([
        customers([
          [good, 'good'],
          [bad, 'bad', '99'],
        ]),
      ]),
    )
    assert.equal(status, 'PartiallySucceeded')
    assert.deepEqual([await nameOf(fo, good), await nameOf(fo, bad)], ['good', undefined])
    assert.equal((await importPackage(fo, packageOf([customers([[bad, 'bad', '99']])]))).status, 'Failed')
  }),
  works({ name: 'an execution that there is not', request: `${ACTION}GetExecutionSummaryStatus`, points: 'FO-067' }, async (fo) => {
    for (const action of [
      'GetExecutionSummaryStatus',
      'GetExecutionErrors',
      'GetEntityExecutionSummaryStatusList',
      'GetExportedPackageUrl',
    ])
      await refused(400, tryToManage(fo, action, { executionId: 'none' }), 'not found')
  }),
  works({ name: 'errors', request: `${ACTION}GetExecutionErrors` }, async (fo, trade) => {
    const bad = trade.fresh('I')
    const { executionId } = await importPackage(
      fo,
      packageOf([
        customers([
          [trade.fresh('I'), 'good'],
          [bad, 'bad', '99'],
        ]),
      ]),
    )
    assert.deepEqual(JSON.parse(String(await manage(fo, 'GetExecutionErrors', { executionId }))), [
      {
        RecordId: bad,
        Field: 'CustomerGroupId',
        ErrorMessage: "The value '99' in field 'Customer group' is not found in the related table 'Customer groups'.",
      },
    ])
  }),
  works({ name: 'counts by entity', request: `${ACTION}GetEntityExecutionSummaryStatusList` }, async (fo, trade) => {
    const { executionId } = await importPackage(
      fo,
      packageOf([
        customers([
          [trade.fresh('I'), 'good'],
          [trade.fresh('I'), 'bad', '99'],
        ]),
      ]),
    )
    assert.deepEqual(JSON.parse(String(await manage(fo, 'GetEntityExecutionSummaryStatusList', { executionId }))), [
      { EntityName: 'Customers V3', Status: 'PartiallySucceeded', StagingRecords: 2, TargetRecords: 1, ErrorCount: 1 },
    ])
  }),
  works(
    {
      name: 'a file of error keys',
      request: `${ACTION}GenerateImportTargetErrorKeysFile, …GetImportTargetErrorKeysFileUrl`,
      points: 'FO-091',
    },
    async (fo, trade) => {
      const bad = trade.fresh('I')
      const { executionId } = await importPackage(
        fo,
        packageOf([
          customers([
            [trade.fresh('I'), 'good'],
            [bad, 'bad', '99'],
          ]),
        ]),
      )
      const of = { executionId, entityName: 'Customers V3' }
      assert.equal(await manage(fo, 'GetImportTargetErrorKeysFileUrl', of), '')
      const generated = await expectStatus(200, tryToManage(fo, 'GenerateImportTargetErrorKeysFile', of))
      assert.deepEqual(generated.json, { '@odata.context': `${fo.root}/$metadata#Edm.Boolean`, value: true })
      const file = await download(String(await manage(fo, 'GetImportTargetErrorKeysFileUrl', of)))
      assert.match(Buffer.from(file).toString('utf16le'), new RegExp(bad))
    },
  ),
  works(
    { name: 'no file where nothing failed', request: `${ACTION}GenerateImportTargetErrorKeysFile`, points: 'FO-091' },
    async (fo, trade) => {
      const { executionId } = await importPackage(fo, packageOf([customers([[trade.fresh('I'), 'good']])]))
      const of = { executionId, entityName: 'Customers V3' }
      assert.deepEqual(
        [await manage(fo, 'GenerateImportTargetErrorKeysFile', of), await manage(fo, 'GetImportTargetErrorKeysFileUrl', of)],
        [false, ''],
      )
    },
  ),
  works(
    { name: 'the rows that were refused', request: `${ACTION}GetImportStagingErrorFileUrl`, points: 'FO-089 FO-091' },
    async (fo, trade) => {
      const bad = trade.fresh('I')
      const { executionId } = await importPackage(
        fo,
        packageOf([
          customers([
            [trade.fresh('I'), 'good'],
            [bad, 'bad', '99'],
          ]),
        ]),
      )
      const file = await download(String(await manage(fo, 'GetImportStagingErrorFileUrl', { executionId, entityName: 'Customers V3' })))
      assert.match(Buffer.from(file).toString('utf16le'), new RegExp(`${bad}[^\\n]*99`))
    },
  ),
  works(
    {
      name: 'an entity by another name than its label',
      request: `${ACTION}GetImportStagingErrorFileUrl { entityName: 'CustomersV9' }`,
      points: 'FO-067',
    },
    async (fo, trade) => {
      const { executionId } = await importPackage(fo, packageOf([customers([[trade.fresh('I'), 'x']])]))
      await refused(
        400,
        tryToManage(fo, 'GetImportStagingErrorFileUrl', { executionId, entityName: 'CustomersV9' }),
        'Entity CustomersV9 does not exist in the target environment',
      )
    },
  ),
  works({ name: 'a page for a person', request: `${ACTION}GetExecutionSummaryPageUrl` }, async (fo, trade) => {
    const { executionId } = await importPackage(fo, packageOf([customers([[trade.fresh('I'), 'x']])]))
    const url = String(await manage(fo, 'GetExecutionSummaryPageUrl', { executionId }))
    assert.ok(url.startsWith(trade.url))
    const page = await expectStatus(200, fo.call('GET', url, { token: '' }))
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
    assert.match(page.text, /<td>Customers V3<\/td><td>Succeeded<\/td>/)
    await expectStatus(403, fo.call('GET', url.replace(/sig=[^&]+/, 'sig=x'), { token: '' }))
  }),
  works({ name: 'CSV in UTF-16', request: `${ACTION}ImportFromPackage (CSV-Unicode)`, points: 'FO-095' }, async (fo, trade) => {
    const account = trade.fresh('I')
    const { status } = await importPackage(fo, packageOf([customers([[account, 'Ærø, 船']], { sourceFormat: 'CSV-Unicode' })]))
    assert.deepEqual([status, await nameOf(fo, account)], ['Succeeded', 'Ærø, 船'])
  }),
  works(
    { name: 'XML by elements and by attributes', request: `${ACTION}ImportFromPackage (XML-Element, XML-Attribute)`, points: 'FO-095' },
    async (fo, trade) => {
      const [one, two] = [trade.fresh('I'), trade.fresh('I')]
      const columns = COLUMNS.slice(0, 4)
      const element = `<Document><CUSTCUSTOMERV3ENTITY><CUSTOMERACCOUNT>${one}</CUSTOMERACCOUNT><ORGANIZATIONNAME>A &amp; B</ORGANIZATIONNAME><CUSTOMERGROUPID>10</CUSTOMERGROUPID><SALESCURRENCYCODE>USD</SALESCURRENCYCODE></CUSTCUSTOMERV3ENTITY></Document>`
      const attribute = `<Document><CUSTCUSTOMERV3ENTITY CUSTOMERACCOUNT="${two}" ORGANIZATIONNAME="C &lt; D" CUSTOMERGROUPID="10" SALESCURRENCYCODE="USD"/></Document>`
      await importPackage(fo, packageOf([customers([], { sourceFormat: 'XML-Element', columns, content: element })]))
      await importPackage(fo, packageOf([customers([], { sourceFormat: 'XML-Attribute', columns, content: attribute })]))
      assert.deepEqual([await nameOf(fo, one), await nameOf(fo, two)], ['A & B', 'C < D'])
    },
  ),
  works({ name: 'header and manifest in UTF-8', request: `${ACTION}ImportFromPackage`, points: 'FO-095' }, async (fo, trade) => {
    const account = trade.fresh('I')
    await importPackage(fo, utf8PackageOf([customers([[account, 'utf-8']])]))
    assert.equal(await nameOf(fo, account), 'utf-8')
  }),
  works({ name: 'members of enumerations by symbol, label and number', request: `${ACTION}ImportFromPackage` }, async (fo, trade) => {
    const accounts = [trade.fresh('I'), trade.fresh('I')]
    const columns = [...COLUMNS.slice(0, 5)]
    const content = [columns.join(','), `${accounts[0]},x,10,USD,All`, `${accounts[1]},x,10,USD,2`, ''].join('\r\n')
    await importPackage(fo, packageOf([customers([], { columns, content })]))
    for (const account of accounts)
      assert.equal(
        (await read(fo, `CustomersV3(dataAreaId='${HOME}',CustomerAccount='${account}')?$select=OnHoldStatus`)).OnHoldStatus,
        'All',
      )
  }),
  works({ name: 'a package without a map', request: `${ACTION}ImportFromPackage`, points: 'FO-097' }, async (fo, trade) => {
    const account = trade.fresh('I')
    const { executionId, status } = await importPackage(fo, packageOf([customers([[account, 'x']], { columns: [] })]))
    const [counts] = JSON.parse(String(await manage(fo, 'GetEntityExecutionSummaryStatusList', { executionId })))
    assert.deepEqual([status, counts?.TargetRecords ?? 0, await nameOf(fo, account)], ['Succeeded', 0, undefined])
  }),
  works(
    { name: 'a file in the wrong encoding', request: `${ACTION}ImportFromPackage (UTF-8 in CSV-Unicode)`, points: 'FO-097' },
    async (fo, trade) => {
      const account = trade.fresh('I')
      const manifestOf = unpack(packageOf([customers([], { sourceFormat: 'CSV-Unicode' })]))
      const content = zipSync({ ...manifestOf, file0: Buffer.from(customers([[account, 'x']]).content) })
      const { executionId, status } = await importPackage(fo, content)
      assert.deepEqual([status, await nameOf(fo, account)], ['Failed', undefined])
      assert.equal(await manage(fo, 'GetExecutionErrors', { executionId }), '[]')
    },
  ),
  works({ name: 'what is no package', request: `${ACTION}ImportFromPackage`, points: 'FO-085' }, async (fo) => {
    for (const content of [
      Buffer.from('hello'),
      zipSync({ 'x.txt': Buffer.from('x') }),
      packageOf([customers([], { entityName: 'Customers V9' })]),
    ])
      assert.equal((await importPackage(fo, content)).status, 'Failed')
  }),
  works(
    { name: 'packages from elsewhere', request: `${ACTION}ImportFromPackage { packageUrl: 'http://…' }`, points: 'FO-085' },
    async (fo, trade) => {
      const parameters = { definitionGroupId: 'X', executionId: '', execute: true, overwrite: true, legalEntityId: HOME }
      for (const packageUrl of ['http://127.0.0.1:1/x', 'file:///etc/passwd', `${trade.url}/dmf/x/a?se=2999-01-01T00:00:00Z&sp=r&sig=x`])
        await refused(
          400,
          tryToManage(fo, 'ImportFromPackage', { ...parameters, packageUrl }),
          'is not an address that GetAzureWriteUrl gave out',
        )
    },
  ),
  works({ name: 'a parameter that is missing', request: `${ACTION}ImportFromPackage`, points: 'FO-066' }, async (fo) => {
    await refused(
      400,
      tryToManage(fo, 'ImportFromPackage', { definitionGroupId: 'X' }),
      "Parameter 'packageUrl' is not found within the request content body.",
    )
  }),
  works(
    { name: 'a document of several entities', request: `${ACTION}ImportFromPackage (Sales orders composite V4)`, points: 'FO-099' },
    async (fo, trade) => {
      const [order, broken] = [trade.fresh('SO'), trade.fresh('SO')]
      const document = (number: string, item: string): string =>
        `<SALESORDERHEADERV2ENTITY><SALESORDERNUMBER>${number}</SALESORDERNUMBER><ORDERINGCUSTOMERACCOUNTNUMBER>${trade.accounts[1]}</ORDERINGCUSTOMERACCOUNTNUMBER><INVOICECUSTOMERACCOUNTNUMBER>${trade.accounts[1]}</INVOICECUSTOMERACCOUNTNUMBER><SALESORDERLINEV2ENTITY><ITEMNUMBER>${item}</ITEMNUMBER><ORDEREDSALESQUANTITY>2</ORDEREDSALESQUANTITY></SALESORDERLINEV2ENTITY></SALESORDERHEADERV2ENTITY>`
      const file = (...documents: readonly string[]): DataFile => ({
        entityName: 'Sales orders composite V4',
        sourceFormat: 'XML-Element',
        columns: ['SALESORDERNUMBER'],
        content: `<Document>${documents.join('')}</Document>`,
      })
      const one = file(document(order, trade.item))
      await refused(400, startImport(fo, packageOf([one])), "'overwrite' must be false")
      await refused(400, startImport(fo, packageOf([one, one]), { overwrite: false }), 'at most one')
      const content = packageOf([file(document(order, trade.item), document(broken, 'NOPE'))])
      assert.equal((await importPackage(fo, content, { overwrite: false })).status, 'PartiallySucceeded')
      const lines = await rows(fo, `SalesOrderLines?$filter=SalesOrderNumber eq '${order}' or SalesOrderNumber eq '${broken}'`)
      assert.deepEqual(
        lines.map((line: Json) => [line.SalesOrderNumber, line.LineAmount]),
        [[order, 40]],
      )
      await expectStatus(404, get(fo, `SalesOrderHeadersV2(dataAreaId='${HOME}',SalesOrderNumber='${broken}')`))
    },
  ),
  works({ name: 'executions are forgotten', request: `${ACTION}DeleteExecutionHistoryJob`, points: 'FO-092' }, async (fo, trade) => {
    const { executionId } = await importPackage(fo, packageOf([customers([[trade.fresh('I'), 'x']])]))
    const reply = await expectStatus(204, tryToManage(fo, 'DeleteExecutionHistoryJob', { numberOfDays: 7 }))
    assert.equal(reply.text, '')
    assert.equal(await ended(fo, executionId), 'Succeeded')
    await refused(400, tryToManage(fo, 'DeleteExecutionHistoryJob', { numberOfDays: 'all' }), 'numberOfDays')
  }),
  works(
    { name: 'an import while requests are throttled', request: 'PUT /local/faults, PUT {BlobUrl}', points: 'FO-111' },
    async (fo, trade) => {
      const rules = [{ kind: 'throttle', rate: 1, times: 1, retryAfterSeconds: 0, match: { path: 'DataManagementDefinitionGroups' } }]
      await expectStatus(200, fo.call('PUT', `${trade.url}/local/faults`, { body: { seed: 1, rules } }))
      try {
        await manage(fo, 'GetAzureWriteUrl', { uniqueFileName: 'a.zip' })
      } finally {
        await expectStatus(204, fo.call('DELETE', `${trade.url}/local/faults`))
      }
    },
  ),
])
