import { rawNumber } from '@p2c/odata'
import { strFromU8, unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import type { FinOpsField } from './entity.ts'
import { readPackage } from './package-file.ts'
import { writePackage } from './package-writer.ts'

const field = (name: string, dataType: FinOpsField['dataType']): [string, FinOpsField] => [
  name.toLowerCase(),
  { name, type: 'text', dataType, isMandatory: false, allowEdit: true, allowEditOnCreate: true },
]

const fields = new Map([
  field('CustomerAccount', 'String'),
  field('OrganizationName', 'String'),
  field('CreditLimit', 'Real'),
  field('Since', 'Date'),
])

const write = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  writePackage({ project: 'P2C-R&D', entity: { label: 'Customers V2', fields }, rows })

test('FO-096 the data file is UTF-16 LE with byte-order mark, CRLF and upper-case names; the manifest maps every column', () => {
  const files = unzipSync(write([{ CustomerAccount: 'C-1', CreditLimit: rawNumber('12480.50') }]))
  expect(Object.keys(files).sort()).toEqual(['Customers V2.csv', 'Manifest.xml', 'PackageHeader.xml'])
  const data = Buffer.from(files['Customers V2.csv'] ?? [])
  expect([...data.subarray(0, 2)]).toEqual([0xff, 0xfe])
  expect(data.toString('utf16le')).toBe('\ufeffCUSTOMERACCOUNT,CREDITLIMIT\r\n"C-1",12480.50\r\n')
  const manifest = strFromU8(files['Manifest.xml'] ?? new Uint8Array())
  expect([...manifest.matchAll(/<EntityField>(\w+)<.*?<XMLField>(\w+)</g)].map((match) => match.slice(1))).toEqual([
    ['CUSTOMERACCOUNT', 'CUSTOMERACCOUNT'],
    ['CREDITLIMIT', 'CREDITLIMIT'],
  ])
  expect(manifest).toContain('<EntityName>Customers V2</EntityName>')
  expect(manifest).toContain('<DefinitionGroupName>P2C-R&#38;D</DefinitionGroupName>')
})

test('rows with different fields share the columns, and every text comes back as it was', () => {
  const text = 'Ærø & "Søn", <A/S>\r\n漢字 ’ünï'
  const rows = readPackage(
    write([
      { CustomerAccount: 'C-1', OrganizationName: text },
      { CustomerAccount: 'C-2', Since: '2024-02-29T12:00:00Z' },
    ]),
  )
  expect(rows).toEqual([
    { CUSTOMERACCOUNT: 'C-1', ORGANIZATIONNAME: text, SINCE: '' },
    { CUSTOMERACCOUNT: 'C-2', ORGANIZATIONNAME: '', SINCE: '2024-02-29' },
  ])
})
