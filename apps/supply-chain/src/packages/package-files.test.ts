import { isAppError } from '@p2c/base'
import { unzipSync, type Zippable, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { type CsvLimits, csvReader, encodeText, quoteCell, textReader } from './csv.ts'
import { type DataFile, readDataFile } from './data-file.ts'
import { checkHeader, type Manifest, readManifest, writeHeader, writeManifest } from './manifest.ts'
import { checkSignature, parseBlobUrl, signBlobUrl } from './signed-url.ts'
import { openZip, readWhole, type ZipLimits } from './zip-reader.ts'
import { writeZip } from './zip-writer.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
  } catch (error) {
    if (isAppError(error)) return error.code
    throw error
  }
  return 'done'
}

/** An archive in memory as the reader wants it, in pieces of a few bytes. */
const rangesOf = (archive: Uint8Array) => ({
  size: archive.byteLength,
  async *read(start: number, end: number) {
    for (let at = start; at < end; at += 1_000) yield archive.subarray(at, Math.min(end, at + 1_000))
  },
})

/** Every file of an archive, unpacked. */
async function unpack(archive: Uint8Array, limits: ZipLimits): Promise<Map<string, Uint8Array>> {
  const files = await openZip(rangesOf(archive), limits)
  const contents = new Map<string, Uint8Array>()
  for (const file of files.values()) contents.set(file.name, await readWhole(file, limits.maxBytes))
  return contents
}

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
  const records = (pieces: readonly string[], given = limits) => {
    const reader = csvReader(given)
    return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()]
  }
  const read = (text: string, given = limits) => records([text], given).map((record) => record.cells)

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
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected)
    expect(records([...text]).map((record) => record.cells)).toEqual(expected)
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
    expect(records(['a\r\n"b\r\nc"\r\nd\r\n']).map((record) => record.line)).toEqual([1, 2, 4])
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
        records(pieces).map((record) => record.cells),
        `seed 77, round ${round}`,
      ).toEqual(rows)
    }
  })
})

describe('FO-097 encodings', () => {
  /** Bytes arrive one by one: a character may be cut anywhere. */
  const decode = (content: Uint8Array, format: 'CSV' | 'CSV-Unicode') => {
    const reader = textReader(format)
    return [...content].map((byte) => reader.push(Uint8Array.of(byte))).join('') + reader.end()
  }

  test('CSV-Unicode is UTF-16 LE with its mark, CSV is UTF-8, with or without', () => {
    expect(decode(encodeText('\ufeffØ😀', 'CSV-Unicode'), 'CSV-Unicode')).toBe('Ø😀')
    expect(decode(bytes('\ufeffØ😀'), 'CSV')).toBe('Ø😀')
    expect(decode(bytes('Ø😀'), 'CSV')).toBe('Ø😀')
    expect(decode(bytes('Ø'), 'CSV')).toBe('Ø')
    expect(decode(new Uint8Array(0), 'CSV')).toBe('')
  })

  test('another encoding has the text of the product', () => {
    expect(() => decode(bytes('CUSTOMERACCOUNT\r\n'), 'CSV-Unicode')).toThrow('Selected file is not Unicode')
    expect(() => decode(new Uint8Array(0), 'CSV-Unicode')).toThrow('Selected file is not Unicode')
    expect(code(() => decode(new Uint8Array([0x41, 0xff]), 'CSV'))).toBe('package-malformed')
    expect(code(() => decode(encodeText('\ufeffØ', 'CSV-Unicode').subarray(0, 3), 'CSV-Unicode'))).toBe('package-malformed')
  })
})

describe('XML data files', () => {
  const file = (format: DataFile['format']): DataFile => ({
    name: 'c.xml',
    format,
    rowElement: 'CustCustomerV3Entity',
    columns: ['CUSTOMERACCOUNT', 'ORGANIZATIONNAME'],
  })
  const read = async (text: string, format: DataFile['format'] = 'XML-Element') => {
    async function* pieces() {
      for (const byte of bytes(text)) yield Uint8Array.of(byte)
    }
    const rows: (string | undefined)[][] = []
    for await (const records of readDataFile(pieces(), file(format)))
      rows.push(...records.map(({ number, cells }) => [String(number), ...cells]))
    return rows
  }

  test('a row is an element with a field per element, or with an attribute per field', async () => {
    expect(
      await read(
        '<?xml version="1.0"?><Document><CUSTCUSTOMERV3ENTITY><ORGANIZATIONNAME>Ørsta &amp; <![CDATA[<Sønn>]]></ORGANIZATIONNAME><CUSTOMERACCOUNT>C-1</CUSTOMERACCOUNT><OTHER/></CUSTCUSTOMERV3ENTITY>' +
          '<custcustomerv3entity><CustomerAccount>C-2</CustomerAccount></custcustomerv3entity></Document>',
      ),
    ).toEqual([
      ['1', 'C-1', 'Ørsta & <Sønn>'],
      ['2', 'C-2', undefined],
    ])
    expect(
      await read('<Document>\n<CUSTCUSTOMERV3ENTITY CUSTOMERACCOUNT="C-1" ORGANIZATIONNAME="a&#10;b"/>\n</Document>', 'XML-Attribute'),
    ).toEqual([['1', 'C-1', 'a\nb']])
    expect(await read('<Document/>')).toEqual([])
  })

  test.each([
    ['', 'XML-Element'],
    ['no xml', 'XML-Element'],
    ['<Document>', 'XML-Element'],
    ['<Document><OTHERENTITY/></Document>', 'XML-Element'],
    ['<Document>text</Document>', 'XML-Element'],
    ['<Document><CUSTCUSTOMERV3ENTITY><A><B/></A></CUSTCUSTOMERV3ENTITY></Document>', 'XML-Element'],
    ['<Document><CUSTCUSTOMERV3ENTITY><A>x</A></CUSTCUSTOMERV3ENTITY></Document>', 'XML-Attribute'],
    ['<!DOCTYPE d [<!ENTITY x "y">]><Document/>', 'XML-Element'],
    ['<Document><CUSTCUSTOMERV3ENTITY><A>&x;</A></CUSTCUSTOMERV3ENTITY></Document>', 'XML-Element'],
    [`<Document><CUSTCUSTOMERV3ENTITY><A>${'x'.repeat(70_000)}</A></CUSTCUSTOMERV3ENTITY></Document>`, 'XML-Element'],
  ] as const)('refuses %j as %s', async (text, format) => {
    expect(await codeOf(() => read(text, format))).toBe('package-malformed')
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
    const files = await unpack(archive, limits)
    expect([...files.keys()]).toEqual(['Manifest.xml', 'Kunder Ø.csv', 'empty.csv'])
    expect(Buffer.from(files.get('Kunder Ø.csv') ?? []).equals(Buffer.concat(content))).toBe(true)
    expect(Object.keys(unzipSync(archive))).toHaveLength(3)
  })

  const text = bytes('x'.repeat(100_000))
  const archive = pack({ a: text })
  const directoryOf = (content: Uint8Array) => Buffer.from(content.buffer).indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  /** The archive with another number in its directory. */
  const lying = (at: number, value: number) => {
    const changed = new Uint8Array(archive)
    new DataView(changed.buffer).setUint32(directoryOf(changed) + at, value, true)
    return changed
  }

  test.each<[string, Uint8Array, string]>([
    ['a bomb', pack({ a: new Uint8Array(40_000_000) }), 'package-too-large'],
    [
      'files that are too large together',
      pack({ a: [bytes('1'.repeat(30_000_000)), { level: 0 }], b: [bytes('1'.repeat(30_000_000)), { level: 0 }] }),
      'package-too-large',
    ],
    ['too many files', pack({ a: bytes('1'), b: bytes('2'), c: bytes('3'), d: bytes('4') }), 'package-too-large'],
    ['no archive', bytes('PK no archive'), 'package-malformed'],
    ['nothing', new Uint8Array(0), 'package-malformed'],
    ['half an archive', archive.subarray(0, archive.length - 30), 'package-malformed'],
    ['a smaller size than the file has', lying(24, 10), 'package-malformed'],
    ['a larger size than the file has', lying(24, 100_001), 'package-malformed'],
    ['another checksum', lying(16, 1), 'package-malformed'],
    ['bytes outside the archive', lying(42, 1_000_000), 'package-malformed'],
    ['a name that leads out of it', pack({ '../a': text }), 'package-malformed'],
    ['an absolute name', pack({ '/etc/a': text }), 'package-malformed'],
    ['a name with a drive', pack({ 'C:/a': text }), 'package-malformed'],
    ['a name with backslashes', pack({ 'a\\..\\b': text }), 'package-malformed'],
  ])('FO-085 %s is refused', async (_name, content, expected) => {
    expect(await codeOf(() => unpack(content, limits))).toBe(expected)
  })

  test('an error of what is read from is not a damaged archive', async () => {
    const files = await openZip(rangesOf(archive), limits)
    expect(files.size).toBe(1)
    const broken = {
      size: archive.byteLength,
      async *read(): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(0)
        throw new RangeError('the database is away')
      },
    }
    await expect(openZip(broken, limits)).rejects.toThrow('the database is away')
  })
})

describe('FO-092 signed addresses', () => {
  const now = new Date('2025-02-11T09:30:00Z')
  const blobId = '6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0b9'
  const url = signBlobUrl('https://h', 'key', { blobId, name: 'hms æ.zip', permission: 'r', expiresAt: new Date('2025-02-11T10:30:00Z') })
  const check = (address: string, wanted = { write: false, now }) => {
    const blob = parseBlobUrl(address)
    return blob === undefined ? 'other' : checkSignature('key', blob, wanted)
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
