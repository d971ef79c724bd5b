import assert from 'node:assert/strict'
import { expectStatus, get, type Json, read, refused, remove } from '../calls.ts'
import { area, differs, notOffered, works } from '../operation.ts'
import {
  addProject,
  type DataFile,
  download,
  ended,
  exportProject,
  importPackage,
  manage,
  packageOf,
  tryToManage,
  unpack,
  upload,
} from '../package-file.ts'
import { ABROAD, HOME } from '../trade.ts'

const ACTION = 'POST DataManagementDefinitionGroups/…'

const TERMS: DataFile = { entityName: 'Terms of payment', sourceFormat: 'CSV', columns: ['NAME'], content: 'NAME\r\nNet30\r\n' }

/** The first column of a CSV file of a package. */
const columnOf = (content: Uint8Array, file: string): readonly string[] =>
  Buffer.from(unpack(content)[file] ?? [])
    .toString()
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',')[0]?.replaceAll('"', '') ?? '')

const FILE = 'Terms of payment.csv'

export const PACKAGE_EXPORT = area('Data packages: export', [
  works({ name: 'an export', request: `${ACTION}ExportToPackage, …GetExportedPackageUrl`, points: 'FO-092 FO-095' }, async (fo, trade) => {
    const name = trade.fresh('Out')
    await addProject(fo, name, [{ EntityName: 'Customer groups' }, { EntityName: 'Currencies' }])
    const url = await exportProject(fo, name)
    assert.match(url, /\/out\.zip\?sv=/)
    const content = await download(url)
    assert.deepEqual(Object.keys(unpack(content)).sort(), ['Currencies.csv', 'Customer groups.csv', 'Manifest.xml', 'PackageHeader.xml'])
    assert.match(Buffer.from(unpack(content)['Manifest.xml'] ?? []).toString(), /<InputFilePath>Customer groups\.csv<\/InputFilePath>/)
    assert.ok(columnOf(content, 'Currencies.csv').length > 3)
  }),
  works(
    { name: 'at once', request: `${ACTION}ExportToPackageAsync, …ExportToPackagePreview`, points: 'FO-092 FO-086' },
    async (fo, trade) => {
      const name = trade.fresh('Out')
      await addProject(fo, name, [{ EntityName: 'Currencies' }])
      const parameters = { definitionGroupId: name, packageName: 'o.zip', executionId: '', reExecute: false, legalEntityId: HOME }
      for (const [action, more] of [
        ['ExportToPackageAsync', {}],
        ['ExportToPackagePreview', { count: 1 }],
      ] as const) {
        const executionId = String(await manage(fo, action, { ...parameters, ...more }))
        assert.match(executionId, new RegExp(`^${name}-.*-[0-9A-F]{32}$`))
        assert.equal(await ended(fo, executionId), 'Succeeded')
      }
    },
  ),
  works({ name: 'an address that is signed, for reading', request: 'GET {url}, PUT {url}', points: 'FO-092 FO-004' }, async (fo, trade) => {
    const name = trade.fresh('Out')
    await addProject(fo, name, [{ EntityName: 'Currencies' }])
    const url = await exportProject(fo, name)
    await expectStatus(200, fo.call('GET', url, { token: '' }))
    await expectStatus(403, fo.call('GET', url.replace(/sig=[^&]+/, 'sig=x'), { token: '' }))
    await expectStatus(403, fo.call('PUT', url, { body: 'x', headers: { 'x-ms-blob-type': 'BlockBlob' }, token: '' }))
  }),
  works(
    {
      name: 'some fields, in a format',
      request: 'POST DataManagementDefinitionGroupDetails { FieldNames, SourceFormat }',
      points: 'FO-092',
    },
    async (fo, trade) => {
      const name = trade.fresh('Out')
      await addProject(fo, name, [{ EntityName: 'Currencies', FieldNames: 'CurrencyCode,Name', SourceFormat: 'XML-Element' }])
      const [file] = Object.entries(unpack(await download(await exportProject(fo, name)))).filter(([path]) => path.startsWith('Currencies'))
      assert.match(Buffer.from(file?.[1] ?? []).toString(), /<CURRENCYCODE>USD<\/CURRENCYCODE><NAME>[^<]*<\/NAME><\//)
    },
  ),
  works(
    {
      name: 'what changed since the last export',
      request: 'POST DataManagementDefinitionGroupDetails { DefaultRefreshType: IncrementalPush }',
      points: 'FO-105 FO-125',
    },
    async (fo, trade) => {
      const [name, terms] = [trade.fresh('Out'), trade.fresh('T').slice(-10)]
      await addProject(fo, name, [
        { EntityName: 'Terms of payment', DefaultRefreshType: 'IncrementalPush', FieldNames: 'Name,Description' },
      ])
      const next = async (): Promise<readonly string[]> => columnOf(await download(await exportProject(fo, name)), FILE)
      assert.ok((await next()).includes('Net30'))
      assert.deepEqual(await next(), [])
      await expectStatus(201, fo.call('POST', '/PaymentTerms', { body: { dataAreaId: HOME, Name: terms } }))
      assert.deepEqual(await next(), [terms])
      await expectStatus(204, remove(fo, `PaymentTerms(dataAreaId='${HOME}',Name='${terms}')`))
      assert.deepEqual(await next(), [])
    },
  ),
  works({ name: 'an execution again', request: `${ACTION}ExportToPackage { reExecute: true }`, points: 'FO-092' }, async (fo, trade) => {
    const [name, executionId] = [trade.fresh('Out'), trade.fresh('EX')]
    await addProject(fo, name, [{ EntityName: 'Currencies' }])
    await exportProject(fo, name, { executionId })
    const parameters = { definitionGroupId: name, packageName: '', executionId, reExecute: false, legalEntityId: HOME }
    await refused(400, tryToManage(fo, 'ExportToPackage', parameters), 'is in use already')
    await exportProject(fo, name, { executionId, reExecute: true })
  }),
  works({ name: 'a project that there is not', request: `${ACTION}ExportToPackage`, points: 'FO-092 FO-067' }, async (fo) => {
    const parameters = { definitionGroupId: 'Nobody', packageName: '', executionId: '', reExecute: false, legalEntityId: HOME }
    await refused(400, tryToManage(fo, 'ExportToPackage', parameters), 'The definition group Nobody does not exist.')
  }),
  works({ name: 'a project with an entity that there is not', request: 'POST DataManagementDefinitionGroupDetails' }, async (fo, trade) => {
    const name = trade.fresh('Out')
    await addProject(fo, name, [])
    const add = (body: Json) => fo.call('POST', '/DataManagementDefinitionGroupDetails', { body: { DefinitionGroupName: name, ...body } })
    await refused(400, add({ EntityName: 'Nothing' }), 'Entity Nothing does not exist in the target environment')
    await refused(400, add({ EntityName: 'Customers V3', FieldNames: 'Nope' }), "names 'Nope'")
  }),
  works(
    { name: 'what is exported is imported', request: `${ACTION}ExportToPackage, …ImportFromPackage`, points: 'FO-095 FO-085' },
    async (fo, trade) => {
      const [name, terms] = [trade.fresh('Out'), trade.fresh('T').slice(-10)]
      await expectStatus(
        201,
        fo.call('POST', '/PaymentTerms', { body: { dataAreaId: HOME, Name: terms, Description: 'a "b", c', NumberOfDays: 7 } }),
      )
      for (const SourceFormat of ['CSV', 'CSV-Unicode', 'XML-Element', 'XML-Attribute']) {
        await addProject(fo, `${name}${SourceFormat}`, [{ EntityName: 'Terms of payment', SourceFormat }])
        const content = await download(await exportProject(fo, `${name}${SourceFormat}`))
        assert.equal((await importPackage(fo, content, { legalEntityId: ABROAD })).status, 'Succeeded')
        const row = `PaymentTerms(dataAreaId='${ABROAD}',Name='${terms}')?cross-company=true`
        const { Description, NumberOfDays } = await read(fo, row)
        assert.deepEqual([Description, NumberOfDays], ['a "b", c', 7], SourceFormat)
        await expectStatus(204, remove(fo, row))
      }
    },
  ),
  works(
    { name: 'a package of an execution that is no export', request: `${ACTION}GetExportedPackageUrl`, points: 'FO-067' },
    async (fo) => {
      const { executionId } = await importPackage(fo, packageOf([TERMS]))
      await refused(400, tryToManage(fo, 'GetExportedPackageUrl', { executionId }), 'has no exported package')
    },
  ),
  differs(
    {
      name: 'the entities of a project',
      request: 'GET DataManagementDefinitionGroupDetails',
      difference: 'they are rows of a set here; the product has a workspace for them and no documented set',
    },
    async (fo, trade) => {
      const name = trade.fresh('Out')
      await addProject(fo, name, [{ EntityName: 'Currencies' }])
      const row = await read(fo, `DataManagementDefinitionGroupDetails(DefinitionGroupName='${name}',EntityName='Currencies')`)
      assert.deepEqual([row.SourceFormat, row.DefaultRefreshType], ['CSV', 'FullPush'])
      await expectStatus(204, remove(fo, `DataManagementDefinitionGroups(Name='${name}')`))
      await expectStatus(404, get(fo, `DataManagementDefinitionGroupDetails(DefinitionGroupName='${name}',EntityName='Currencies')`))
    },
  ),
  works(
    { name: 'an export that a package describes', request: `${ACTION}ExportFromPackage`, points: 'FO-092 FO-095' },
    async (fo, trade) => {
      const described: DataFile = { entityName: 'Currencies', sourceFormat: 'CSV', columns: ['CURRENCYCODE', 'NAME'], content: '' }
      const from = async (file: DataFile, values: Json = {}) =>
        tryToManage(fo, 'ExportFromPackage', {
          packageUrl: await upload(fo, packageOf([file])),
          definitionGroupId: trade.fresh('Out'),
          executionId: '',
          execute: true,
          overwrite: true,
          legalEntityId: HOME,
          ...values,
        })
      const { json } = await expectStatus(200, from(described))
      assert.equal(await ended(fo, json.value), 'Succeeded')
      const files = unpack(await download(String(await manage(fo, 'GetExportedPackageUrl', { executionId: json.value }))))
      assert.match(Buffer.from(files['Currencies.csv'] ?? []).toString(), /^\ufeff?CURRENCYCODE,NAME\r\n/)
      const stopped = await expectStatus(200, from(described, { execute: false }))
      assert.equal(await manage(fo, 'GetExecutionSummaryStatus', { executionId: stopped.json.value }), 'NotRun')
      await refused(400, from({ ...described, entityName: 'Nothing' }), 'Entity Nothing does not exist in the target environment')
      await refused(400, from({ ...described, columns: ['NOPE'] }), 'The field NOPE of the map')
    },
  ),
  notOffered(
    {
      name: 'files of spreadsheets',
      request: "POST DataManagementDefinitionGroupDetails { SourceFormat: 'EXCEL' }",
      status: 400,
      says: 'CSV-Unicode, CSV, XML-Element, XML-Attribute',
      instead: 'CSV or XML',
    },
    async (fo, trade) => {
      const name = trade.fresh('Out')
      await addProject(fo, name, [])
      return fo.call('POST', '/DataManagementDefinitionGroupDetails', {
        body: { DefinitionGroupName: name, EntityName: 'Currencies', SourceFormat: 'EXCEL' },
      })
    },
  ),
])
