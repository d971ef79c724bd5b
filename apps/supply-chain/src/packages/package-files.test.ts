import { isAppError } from '@p2c/base'
import { unzipSync, type Zippable, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { type CsvLimits, decodeText, encodeText, parseCsv, quoteCell } from './csv.ts'
import { checkHeader, type Manifest, readManifest, writeHeader, writeManifest } from './manifest.ts'
import { checkBlobUrl, parseBlobUrl, signBlobUrl } from './signed-url.ts'
import { readZip } from './zip-reader.ts'
import { writeZip } from './zip-writer.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function code(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (isAppError(error)) return error.code
    throw error
  }
  return 'done'
}

describe('RFC 4180', () => {
  const limits: CsvLimits = { maxCells: 5, maxCellLength: 20, requireCrlf: false }
  const read = (text: string, given = limits) => [...parseCsv([text], given)].map((record) => record.cells)

  test.each<[string, string[][]]>([
    [
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['"a","b ""c""","d\r\ne"\r\n', [['a', 'b "c"', 'd\r\ne']]],
    [',,\r\n', [['', '', '']]],
    ['"",""\r\n', [['', '']]],
    ['a\r\n\r\nb\r\n', [['a'], ['b']]],
    ['', []],
    ['Ø,☃ 😀\r\n', [['Ø', '☃ 😀']]],
  ])('%j', (text, records) => {
    expect(read(text)).toEqual(records)
    expect(
      [
        ...parseCsv(
          [...text].map((char) => char),
          limits,
        ),
      ].map((record) => record.cells),
    ).toEqual(records)
  })

  test.each([
    ['a"b\r\n', limits],
    ['"a"b\r\n', limits],
    ['"a\r\n', limits],
    ['a\rb\r\n', limits],
    ['a\r,b\r\n', limits],
    ['1,2,3,4,5,6\r\n', limits],
    [`${'x'.repeat(21)}\r\n`, limits],
    ['a\nb\n', { ...limits, requireCrlf: true }],
  ])('refuses %j', (text, given) => {
    expect(code(() => read(text, given))).toBe('package-malformed')
  })

  test('lines are counted, also inside cells', () => {
    expect([...parseCsv(['a\r\n"b\r\nc"\r\nd\r\n'], limits)].map((record) => record.line)).toEqual([1, 2, 4])
  })

  test('random cells survive quoting and cutting', () => {
    let seed = 77
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % below
    }
    const alphabet = ['a', '"', ',', '\r\n', '\n', 'Ø', ' ', '😀']
    for (let round = 0; round < 200; round += 1) {
      const rows = Array.from({ length: 4 }, () =>
        Array.from({ length: 4 }, () => Array.from({ length: random(6) }, () => alphabet[random(8)]).join('')),
      )
      const text = rows.map((row) => row.map((cell) => quoteCell(cell)).join(',')).join('\r\n')
      const pieces = text.match(/[\s\S]{1,3}/g) ?? []
      expect(
        [...parseCsv(pieces, limits)].map((record) => record.cells),
        `seed 77, round ${round}`,
      ).toEqual(rows)
    }
  })
})

describe('FO-097 encodings', () => {
  test('CSV-Unicode is UTF-16 LE with its mark, CSV is UTF-8, with or without', () => {
    expect([...decodeText(encodeText('\ufeffØ😀', 'CSV-Unicode'), 'CSV-Unicode')].join('')).toBe('Ø😀')
    expect([...decodeText(bytes('\ufeffØ😀'), 'CSV')].join('')).toBe('Ø😀')
    expect([...decodeText(bytes('Ø😀'), 'CSV')].join('')).toBe('Ø😀')
  })

  test('another encoding has the text of the product', () => {
    expect(() => [...decodeText(bytes('CUSTOMERACCOUNT\r\n'), 'CSV-Unicode')]).toThrow('Selected file is not Unicode')
    expect(code(() => [...decodeText(new Uint8Array([0x41, 0xff]), 'CSV')])).toBe('package-malformed')
  })
})

describe('FO-095 manifest and header', () => {
  const manifest: Manifest = {
    project: 'HMS <Out> & "In"',
    description: 'Ørsta',
    entities: [
      {
        entityName: 'Customers V3',
        sourceFormat: 'CSV-Unicode',
        refreshType: 'IncrementalPush',
        inputFilePath: 'Customers V3.csv',
        executionUnit: 1,
        levelInExecutionUnit: 2,
        sequenceInLevel: 3,
        map: [{ entityField: 'CUSTOMERACCOUNT', column: 'CUSTOMERACCOUNT' }],
      },
    ],
  }
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')

  test('are read as UTF-8 and as UTF-16 with mark', () => {
    expect(readManifest(bytes(writeManifest(manifest)))).toEqual(manifest)
    expect(readManifest(utf16(writeManifest(manifest)))).toEqual(manifest)
    checkHeader(utf16(writeHeader('x')))
  })

  test('have the elements of the specification', () => {
    const xml = writeManifest(manifest)
    expect(xml).toContain(
      '<EntityMap><ArrayIndex>0</ArrayIndex><EntityField>CUSTOMERACCOUNT</EntityField><EntityFieldConversionList i:nil="true"/>',
    )
    expect(xml).toContain('<InputFilePath>Customers V3.csv</InputFilePath><LevelInExecutionUnit>2</LevelInExecutionUnit>')
    expect(writeHeader('d')).toContain('<PackageType>DefinitionGroup</PackageType><PackageVersion>2</PackageVersion>')
  })

  test.each(['', '<a/>', 'no xml', '<!DOCTYPE x [<!ENTITY a "b">]><DataManagementPackageManifest/>'])('refuses %j', (xml) => {
    expect(code(() => readManifest(bytes(xml)))).toBe('package-malformed')
    expect(code(() => checkHeader(bytes(xml)))).toBe('package-malformed')
  })
})

describe('zip archives', () => {
  const limits = { maxEntries: 3, maxBytes: 50_000_000, maxRatio: 100 }
  const pack = (files: Zippable) => zipSync(files)

  test('what is written can be read, here and by another reader', async () => {
    const content = Array.from({ length: 50 }, (_, index) => bytes(`${index},Ø\r\n`.repeat(5_000)))
    const chunks: Uint8Array[] = []
    for await (const chunk of writeZip([
      { name: 'Manifest.xml', content: [bytes('<a/>')] },
      { name: 'Kunder Ø.csv', content },
      { name: 'empty.csv', content: [] },
    ])) {
      chunks.push(chunk)
    }
    const archive = Buffer.concat(chunks)
    const files = readZip(archive, limits)
    expect([...files.keys()]).toEqual(['Manifest.xml', 'Kunder Ø.csv', 'empty.csv'])
    expect(Buffer.from(files.get('Kunder Ø.csv') ?? []).equals(Buffer.concat(content))).toBe(true)
    expect(Object.keys(unzipSync(archive))).toHaveLength(3)
  })

  test('FO-085 bombs, floods and lies are refused', () => {
    expect(code(() => readZip(pack({ a: new Uint8Array(40_000_000) }), limits))).toBe('package-too-large')
    expect(
      code(() =>
        readZip(pack({ a: [bytes('1'.repeat(30_000_000)), { level: 0 }], b: [bytes('1'.repeat(30_000_000)), { level: 0 }] }), limits),
      ),
    ).toBe('package-too-large')
    expect(code(() => readZip(pack({ a: bytes('1'), b: bytes('2'), c: bytes('3'), d: bytes('4') }), limits))).toBe('package-too-large')
    expect(code(() => readZip(bytes('PK no archive'), limits))).toBe('package-malformed')
    expect(code(() => readZip(new Uint8Array(0), limits))).toBe('package-malformed')
    const archive = pack({ a: bytes('x'.repeat(100_000)) })
    expect(code(() => readZip(archive.subarray(0, archive.length - 30), limits))).toBe('package-malformed')
    const lying = new Uint8Array(archive)
    const directory = Buffer.from(lying.buffer).indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    new DataView(lying.buffer).setUint32(directory + 24, 10, true)
    expect(code(() => readZip(lying, limits))).not.toBe('done')
  })
})

describe('FO-092 signed addresses', () => {
  const now = new Date('2025-02-11T09:30:00Z')
  const blobId = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0b9'
  const url = signBlobUrl('https://h', 'key', { blobId, name: 'hms æ.zip', permission: 'r', expiresAt: new Date('2025-02-11T10:30:00Z') })
  const check = (address: string, wanted = { write: false, now }) => {
    const blob = parseBlobUrl(address)
    return blob === undefined ? 'other' : checkBlobUrl('key', blob, wanted)
  }

  test('give what they say until they expire', () => {
    expect(url).toContain(`https://h/dmf/${blobId}/hms%20%C3%A6.zip?sv=2023-11-03&sr=b&sig=`)
    expect(check(url)).toBeUndefined()
    expect(check(url, { write: true, now })).toBe('permission')
    expect(check(url, { write: false, now: new Date('2025-02-11T10:30:00Z') })).toBe('expired')
  })

  test.each([
    ['another time', url.replace('10%3A30', '11%3A30')],
    ['another permission', url.replace('sp=r', 'sp=rcw')],
    ['another blob', url.replace('f0b9', 'f0b8')],
    ['no signature', url.replace(/sig=[^&]*/, '')],
    ['a short signature', url.replace(/sig=[^&]*/, 'sig=a')],
  ])('refuse %s', (_name, address) => {
    expect(check(address)).toBe('signature')
  })

  test.each([
    'https://evil/x',
    'file:///etc/passwd',
    'x',
    `https://h/dmf/../etc?x`,
    `https://h/other/${blobId}/a`,
  ])('other addresses are none: %s', (address) => {
    expect(check(address)).toBe('other')
  })
})
