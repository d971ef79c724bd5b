import { strToU8, zipSync } from 'fflate'
import { until } from '../support/until.ts'
import type { PatientClient } from './patient-client.ts'

/** One import: customers under accounts of their own, and orders that are numbered by the application and told apart by their requisition. */
export interface SentPackage {
  readonly executionId: string
  /** Accounts and requisitions begin with it. */
  readonly prefix: string
  readonly customers: number
  readonly orders: number
}

const ACTIONS = '/data/DataManagementDefinitionGroups/Microsoft.Dynamics.DataEntities'
const FINAL = ['Succeeded', 'PartiallySucceeded', 'Failed', 'Canceled']

async function act(client: PatientClient, name: string, body: object) {
  return client.send('POST', `${client.root}${ACTIONS}.${name}`, { body })
}

/** Uploads a package and starts its import; a start whose answer was lost is not made twice, for the execution has an id of its own. */
export async function sendPackage(client: PatientClient, sent: SentPackage, customer: string): Promise<void> {
  const slot = await act(client, 'GetAzureWriteUrl', { uniqueFileName: `${sent.executionId}.zip` })
  const { BlobUrl } = JSON.parse(slot.json.value) as { BlobUrl: string }
  const uploaded = await client.send('PUT', BlobUrl, {
    body: packageOf(sent, customer),
    headers: { authorization: '', 'content-type': 'application/zip', 'x-ms-blob-type': 'BlockBlob' },
  })
  if (uploaded.status !== 201) throw new Error(`upload: ${uploaded.status} ${uploaded.text}`)
  const started = await act(client, 'ImportFromPackageAsync', {
    ...{
      packageUrl: BlobUrl,
      definitionGroupId: 'Crash',
      executionId: sent.executionId,
      execute: true,
      overwrite: true,
      legalEntityId: 'usmf',
    },
  })
  const isStarted = started.status === 200 || (started.wasLost && started.text.includes('in use already'))
  if (!isStarted) throw new Error(`ImportFromPackage: ${started.status} ${started.text}`)
}

export async function statusOf(client: PatientClient, { executionId }: SentPackage): Promise<string> {
  const reply = await act(client, 'GetExecutionSummaryStatus', { executionId })
  if (reply.status !== 200) throw new Error(`status of ${executionId}: ${reply.status} ${reply.text}`)
  return String(reply.json.value)
}

/** Polls as clients do. */
export const untilImported = (client: PatientClient, sent: SentPackage, withinMs: number): Promise<string> =>
  until(`the end of ${sent.executionId}`, withinMs, async () => {
    const status = await statusOf(client, sent)
    return FINAL.includes(status) && status
  })

const CUSTOMERS = ['CUSTOMERACCOUNT', 'ORGANIZATIONNAME', 'CUSTOMERGROUPID', 'SALESCURRENCYCODE']
const ORDERS = ['SALESORDERNUMBER', 'ORDERINGCUSTOMERACCOUNTNUMBER', 'CUSTOMERREQUISITIONNUMBER']

function packageOf({ prefix, customers, orders }: SentPackage, customer: string): Uint8Array {
  const rows = (count: number, row: (number: number) => string) => Array.from({ length: count }, (_, index) => row(index + 1))
  const files = [
    { label: 'Customers V3', columns: CUSTOMERS, lines: rows(customers, (n) => `${prefix}-${n},Marine ${n},10,USD`) },
    { label: 'Sales order headers V2', columns: ORDERS, lines: rows(orders, (n) => `,${customer},${prefix}-${n}`) },
  ]
  const entities = files.map(
    ({ label, columns }, index) =>
      `<DataManagementPackageEntityData><EntityMapList>${columns
        .map((name) => `<EntityMap><EntityField>${name}</EntityField><XMLField>${name}</XMLField></EntityMap>`)
        .join('')}</EntityMapList><EntityName>${label}</EntityName><InputFilePath>${index}.csv</InputFilePath>` +
      `<SequenceInLevel>${index + 1}</SequenceInLevel><SourceFormat>CSV</SourceFormat></DataManagementPackageEntityData>`,
  )
  const manifest =
    '<DataManagementPackageManifest><DefinitionGroupName>Crash</DefinitionGroupName>' +
    `<PackageEntityList>${entities.join('')}</PackageEntityList></DataManagementPackageManifest>`
  return zipSync({
    'PackageHeader.xml': strToU8('<DataManagementPackageHeader/>'),
    'Manifest.xml': strToU8(manifest),
    ...Object.fromEntries(
      files.map(({ columns, lines }, index) => [`${index}.csv`, strToU8([columns.join(','), ...lines, ''].join('\r\n'))]),
    ),
  })
}
