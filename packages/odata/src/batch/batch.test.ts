import { isAppError } from '@p2c/base'
import { describe, expect, test } from 'vitest'
import { parseBatch } from './parse-batch.ts'
import { readBatchResponse } from './read-response.ts'
import { belowServiceRoot, resolveBodyReferences, resolveUrlReference } from './references.ts'
import type { BatchAnswer, BatchRequest, OutgoingPart } from './types.ts'
import { writeBatchRequest, writeBatchResponse } from './write-batch.ts'

const ROOT = 'https://halvorsen.crm4.dynamics.com/api/data/v9.2'
const DATA = 'https://halvorsen-prod.operations.dynamics.com/data'
const guid = (end: string) => `6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0${end}`
const crlf = (...lines: string[]) => lines.map((line) => `${line}\r\n`).join('')
const DATAVERSE = { maxOperations: 1_000 }

function counter(...guids: string[]): () => string {
  let at = 0
  return () => guids[at++] ?? `g${at}`
}

const changePart = (boundary: string, id: number, ...lines: string[]) => [
  `--${boundary}`,
  'Content-Type: application/http',
  'Content-Transfer-Encoding: binary',
  `Content-ID: ${id}`,
  '',
  ...lines,
]

/** G-DV-21, request body. */
const GOLDEN_REQUEST = crlf(
  '--batch_hms1',
  'Content-Type: multipart/mixed; boundary="changeset_hms1"',
  '',
  ...changePart(
    'changeset_hms1',
    1,
    'POST /api/data/v9.2/contacts HTTP/1.1',
    'Content-Type: application/json; type=entry',
    '',
    `{"contactid":"${guid('14')}","lastname":"Moen"}`,
  ),
  ...changePart(
    'changeset_hms1',
    2,
    `PATCH /api/data/v9.2/accounts(${guid('10')}) HTTP/1.1`,
    'Content-Type: application/json; type=entry',
    '',
    '{"primarycontactid@odata.bind":"$1"}',
  ),
  '--changeset_hms1--',
  '--batch_hms1--',
)

function code(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (isAppError(error)) return error.code
    throw error
  }
  return 'read'
}

describe('G-DV-21 change set with Content-ID reference', () => {
  const request = parseBatch(GOLDEN_REQUEST, 'multipart/mixed; boundary="batch_hms1"', DATAVERSE)

  test('is read', () => {
    expect(request.operationCount).toBe(2)
    const part = request.parts[0]
    if (part?.kind !== 'changeset') throw new Error('expected a change set')
    expect(part.operations).toEqual([
      {
        method: 'POST',
        url: '/api/data/v9.2/contacts',
        headers: new Map([['content-type', 'application/json; type=entry']]),
        body: `{"contactid":"${guid('14')}","lastname":"Moen"}`,
        contentId: '1',
      },
      {
        method: 'PATCH',
        url: `/api/data/v9.2/accounts(${guid('10')})`,
        headers: new Map([['content-type', 'application/json; type=entry']]),
        body: '{"primarycontactid@odata.bind":"$1"}',
        contentId: '2',
      },
    ])
    expect(request.parts).toHaveLength(1)
  })

  test('DV-089 DV-131 is answered byte for byte', () => {
    const noContent = (contentId: string, url: string): BatchAnswer => ({
      status: 204,
      contentId,
      headers: [
        ['OData-Version', '4.0'],
        ['Location', url],
        ['OData-EntityId', url],
      ],
    })
    const answers = [noContent('1', `${ROOT}/contacts(${guid('14')})`), noContent('2', `${ROOT}/accounts(${guid('10')})`)]
    const reply = writeBatchResponse([{ kind: 'changeset', answers }], counter(guid('b0'), guid('b1')))
    const entity = (url: string) => ['HTTP/1.1 204 No Content', 'OData-Version: 4.0', `Location: ${url}`, `OData-EntityId: ${url}`, '', '']
    expect(reply.contentType).toBe(`multipart/mixed; boundary=batchresponse_${guid('b0')}`)
    expect(reply.body).toBe(
      crlf(
        `--batchresponse_${guid('b0')}`,
        `Content-Type: multipart/mixed; boundary=changesetresponse_${guid('b1')}`,
        '',
        ...changePart(`changesetresponse_${guid('b1')}`, 1, ...entity(`${ROOT}/contacts(${guid('14')})`)),
        ...changePart(`changesetresponse_${guid('b1')}`, 2, ...entity(`${ROOT}/accounts(${guid('10')})`)),
        `--changesetresponse_${guid('b1')}--`,
        `--batchresponse_${guid('b0')}--`,
      ),
    )
  })
})

describe('G-FO-15 and G-FO-16', () => {
  const created = (contentId: string, location: string, body: string): BatchAnswer => ({
    status: 201,
    contentId,
    headers: [
      ['Location', location],
      ['Content-Type', 'application/json; odata.metadata=minimal'],
      ['OData-Version', '4.0'],
    ],
    body,
  })
  const json = ['Content-Type: application/json; odata.metadata=minimal', 'OData-Version: 4.0', '']

  test('G-FO-15 a change set that is stored', () => {
    const header = '{"SalesOrderNumber":"SO-000313","SalesOrderStatus":"Backorder"}'
    const line = '{"InventoryLotId":"HMS-L000071","LineAmount":12480}'
    const urls = [
      `${DATA}/SalesOrderHeadersV2(dataAreaId='hms1',SalesOrderNumber='SO-000313')`,
      `${DATA}/SalesOrderLines(dataAreaId='hms1',InventoryLotId='HMS-L000071')`,
    ] as const
    const answers = [created('1', urls[0], header), created('2', urls[1], line)]
    const reply = writeBatchResponse([{ kind: 'changeset', answers }], counter(guid('b0'), guid('b1')))
    const boundary = `changesetresponse_${guid('b1')}`
    expect(reply.body).toBe(
      crlf(
        `--batchresponse_${guid('b0')}`,
        `Content-Type: multipart/mixed; boundary=${boundary}`,
        '',
        ...changePart(boundary, 1, 'HTTP/1.1 201 Created', `Location: ${urls[0]}`, ...json, header),
        ...changePart(boundary, 2, 'HTTP/1.1 201 Created', `Location: ${urls[1]}`, ...json, line),
        `--${boundary}--`,
        `--batchresponse_${guid('b0')}--`,
      ),
    )
  })

  test('G-FO-16 FO-070 a failed change set is one part, and the client reads it as such', () => {
    const body = '{"error":{"code":"","message":"An error has occurred."}}'
    const failed: BatchAnswer = {
      status: 500,
      contentId: '2',
      headers: [
        ['Content-Type', 'application/json; odata.metadata=minimal'],
        ['OData-Version', '4.0'],
      ],
      body,
    }
    const reply = writeBatchResponse([{ kind: 'changeset', answers: [failed] }], counter(guid('b2'), guid('b3')))
    const boundary = `changesetresponse_${guid('b3')}`
    expect(reply.body).toBe(
      crlf(
        `--batchresponse_${guid('b2')}`,
        `Content-Type: multipart/mixed; boundary=${boundary}`,
        '',
        ...changePart(boundary, 2, 'HTTP/1.1 500 Internal Server Error', ...json, body),
        `--${boundary}--`,
        `--batchresponse_${guid('b2')}--`,
      ),
    )
    expect(readBatchResponse(reply.body, reply.contentType)).toMatchObject([
      { kind: 'changeset', results: [{ status: 500, contentId: '2', body }] },
    ])
  })

  test('FO-123 the request of G-FO-15: bare boundary, relative URLs with options', () => {
    const body = crlf(
      '--batch_hms1',
      'Content-Type: multipart/mixed; boundary=changeset_hms1',
      '',
      ...changePart(
        'changeset_hms1',
        1,
        'POST SalesOrderHeadersV2?cross-company=true HTTP/1.1',
        'Content-Type: application/json',
        '',
        '{"a":1}',
      ),
      '--changeset_hms1--',
      '--batch_hms1--',
    )
    const { parts } = parseBatch(body, 'multipart/mixed; boundary=batch_hms1', { maxOperations: 5_000 })
    expect(parts).toMatchObject([{ kind: 'changeset', operations: [{ url: 'SalesOrderHeadersV2?cross-company=true', body: '{"a":1}' }] }])
  })
})

describe('DV-130 lenient reading', () => {
  const shape = (request: BatchRequest) =>
    request.parts.map((part) =>
      part.kind === 'operation'
        ? [part.operation.method, part.operation.url, part.operation.body]
        : part.operations.map((item) => [item.method, item.url, item.body, item.contentId]),
    )
  const expected = shape(parseBatch(GOLDEN_REQUEST, 'multipart/mixed; boundary="batch_hms1"', DATAVERSE))

  test.each<[string, string, string]>([
    ['bare boundary', GOLDEN_REQUEST, 'multipart/mixed; boundary=batch_hms1'],
    ['no blank after ;', GOLDEN_REQUEST, 'multipart/mixed;boundary=batch_hms1'],
    ['other parameters, any case', GOLDEN_REQUEST, 'Multipart/Mixed;charset=utf-8; Boundary="batch_hms1"; x=y'],
    ['an empty line in front', `\r\n${GOLDEN_REQUEST}`, 'multipart/mixed; boundary=batch_hms1'],
    [
      'a preamble and an epilogue',
      `Hello --batch_hms1 there\r\n${GOLDEN_REQUEST}\r\nbye --batch_hms1\r\n--batch_hms1\r\n`,
      'multipart/mixed; boundary=batch_hms1',
    ],
    ['LF line ends', GOLDEN_REQUEST.replaceAll('\r\n', '\n'), 'multipart/mixed; boundary=batch_hms1'],
    ['no line end at the end', GOLDEN_REQUEST.trimEnd(), 'multipart/mixed; boundary=batch_hms1'],
    ['blanks behind the delimiters', GOLDEN_REQUEST.replaceAll('hms1\r\n', 'hms1 \t\r\n'), 'multipart/mixed; boundary=batch_hms1'],
    [
      'header names in any case, no blank behind the colon',
      GOLDEN_REQUEST.replaceAll('Content-Type: ', 'CONTENT-TYPE:').replaceAll('Content-ID', 'content-id'),
      'multipart/mixed; boundary=batch_hms1',
    ],
    [
      'Content-ID in the embedded request',
      GOLDEN_REQUEST.replace(/Content-ID: (\d)\r\n\r\n(.*)\r\n/g, '\r\n$2\r\nContent-ID: $1\r\n'),
      'multipart/mixed; boundary=batch_hms1',
    ],
    ['a byte-order mark', `\ufeff${GOLDEN_REQUEST}`, 'multipart/mixed; boundary=batch_hms1'],
    [
      'no transfer encoding',
      GOLDEN_REQUEST.replaceAll('Content-Transfer-Encoding: binary\r\n', ''),
      'multipart/mixed; boundary=batch_hms1',
    ],
    [
      'a blank line more before the request',
      GOLDEN_REQUEST.replaceAll(/(Content-ID: \d\r\n)/g, '$1\r\n'),
      'multipart/mixed; boundary=batch_hms1',
    ],
    ['no HTTP version', GOLDEN_REQUEST.replaceAll(' HTTP/1.1', ''), 'multipart/mixed; boundary=batch_hms1'],
  ])('%s', (_name, body, contentType) => {
    expect(shape(parseBatch(body, contentType, DATAVERSE))).toEqual(expected)
    expect(shape(parseBatch(Buffer.from(body), contentType, DATAVERSE))).toEqual(expected)
  })

  test('operations outside change sets, with and without bodies, headers and blanks in the URL', () => {
    const body = crlf(
      '--b',
      'Content-Type: application/http; msgtype=request',
      'Content-Transfer-Encoding: binary',
      '',
      "GET /api/data/v9.2/accounts?$filter=name eq 'A B' HTTP/1.1",
      'Accept: application/json',
      'Prefer: return=representation,',
      ' odata.maxpagesize=5',
      '',
      '',
      '--b',
      'Content-Type: application/http',
      '',
      `delete ${ROOT}/accounts(${guid('01')}) HTTP/1.1`,
      'If-Match: W/"1"',
      '--b',
      'Content-Type: application/http',
      '',
      'POST accounts HTTP/1.1',
      '',
      '{',
      ' "name": "Øre --b"',
      '}',
      '',
      '--b--',
    )
    const { parts } = parseBatch(Buffer.from(body), 'multipart/mixed; boundary=b', DATAVERSE)
    const operations = parts.map((part) => (part.kind === 'operation' ? part.operation : undefined))
    expect(operations[0]?.url).toBe("/api/data/v9.2/accounts?$filter=name eq 'A B'")
    expect(operations[0]?.headers.get('prefer')).toBe('return=representation, odata.maxpagesize=5')
    expect(operations[0]).not.toHaveProperty('body')
    expect(operations[1]).toMatchObject({ method: 'DELETE', url: `${ROOT}/accounts(${guid('01')})` })
    expect(operations[1]?.headers.get('if-match')).toBe('W/"1"')
    expect(JSON.parse(operations[2]?.body ?? '')).toEqual({ name: 'Øre --b' })
  })
})

describe('batches that are refused', () => {
  const one = (...lines: string[]) => crlf('--b', 'Content-Type: application/http', '', ...lines, '--b--')
  const inSet = (...lines: string[]) => crlf('--b', 'Content-Type: multipart/mixed; boundary=c', '', ...lines, '--c--', '--b--')
  const read = (body: string, contentType = 'multipart/mixed; boundary=b') => code(() => parseBatch(body, contentType, DATAVERSE))

  test.each([
    ['DV-087 a GET in a change set', inSet(...changePart('c', 1, 'GET accounts HTTP/1.1', '')), 'batch-get-in-changeset'],
    ['a change set in a change set', inSet('--c', 'Content-Type: multipart/mixed; boundary=d', '', '--d--'), 'batch-nested'],
    ['a batch in a batch', one('POST /api/data/v9.2/$batch HTTP/1.1', ''), 'batch-nested'],
    [
      'the same Content-ID twice',
      inSet(...[1, 1].flatMap((id) => changePart('c', id, 'POST x HTTP/1.1', ''))),
      'batch-content-id-duplicate',
    ],
    ['no Content-ID', inSet('--c', 'Content-Type: application/http', '', 'POST x HTTP/1.1', ''), 'batch-content-id-missing'],
    ['an unknown part type', crlf('--b', 'Content-Type: text/plain', '', 'x', '--b--'), 'batch-malformed'],
    ['a part without headers', crlf('--b', '', 'GET x HTTP/1.1', '--b--'), 'batch-malformed'],
    [
      'a base64 part',
      crlf('--b', 'Content-Type: application/http', 'Content-Transfer-Encoding: base64', '', 'R0VU', '--b--'),
      'batch-malformed',
    ],
    ['a bad request line', one('HELLO'), 'batch-malformed'],
    ['a request line without URL', one('GET  HTTP/1.1'), 'batch-malformed'],
    ['an unknown method', one('TRACE accounts HTTP/1.1'), 'batch-malformed'],
    ['a header without colon', one('GET accounts HTTP/1.1', 'Accept'), 'batch-malformed'],
    ['an empty part', crlf('--b', '--b--'), 'batch-malformed'],
    ['an empty body', '', 'batch-malformed'],
    ['another boundary', crlf('--other', '--other--'), 'batch-malformed'],
    ['a boundary that only begins alike', crlf('--batch', '--batch--'), 'batch-malformed'],
    ['a body that was cut off', GOLDEN_REQUEST.slice(0, -20).replaceAll('batch_hms1', 'b'), 'batch-malformed'],
  ])('%s', (_name, body, expected) => {
    expect(read(body)).toBe(expected)
  })

  test.each([
    ['application/json', 'batch-media-type'],
    ['', 'batch-media-type'],
    ['multipart/mixed', 'batch-malformed'],
    ['multipart/mixed; boundary=', 'batch-malformed'],
    ['multipart/mixed; boundary=""', 'batch-malformed'],
    [`multipart/mixed; boundary=${'x'.repeat(300)}`, 'batch-malformed'],
  ])('content type %j', (contentType, expected) => {
    expect(read(GOLDEN_REQUEST, contentType)).toBe(expected)
    expect(code(() => parseBatch(GOLDEN_REQUEST, undefined, DATAVERSE))).toBe('batch-media-type')
  })

  test('F&O may read a change set without Content-ID', () => {
    const body = inSet('--c', 'Content-Type: application/http', '', 'POST x HTTP/1.1', '')
    const { parts } = parseBatch(body, 'multipart/mixed; boundary=b', { maxOperations: 10, requireContentId: false })
    expect(parts).toMatchObject([{ kind: 'changeset', operations: [{ url: 'x' }] }])
  })

  test('DV-086 1,001 operations, counted over all parts', () => {
    const operations = (count: number) =>
      crlf(...Array.from({ length: count }, () => one('GET x HTTP/1.1', '').split('\r\n').slice(0, -2)).flat(), '--b--')
    expect(parseBatch(operations(1_000), 'multipart/mixed; boundary=b', DATAVERSE).operationCount).toBe(1_000)
    expect(read(operations(1_001))).toBe('batch-too-many')
  })

  test('hostile bodies are refused quickly', () => {
    const started = performance.now()
    expect(
      code(() => parseBatch(Buffer.alloc(50_000_000, 'a'), 'multipart/mixed; boundary=b', { maxOperations: 10, maxBodyBytes: 40_000_000 })),
    ).toBe('batch-too-large')
    expect(read('a'.repeat(50_000_000))).toBe('batch-malformed')
    expect(read('--b'.repeat(5_000_000))).toBe('batch-malformed')
    expect(read('\r\n--bb'.repeat(2_000_000))).toBe('batch-malformed')
    expect(read(`--b\r\n${'x: y\r\n'.repeat(2_000_000)}`)).toBe('batch-malformed')
    expect(read(`--b\r\n${'x: y\r\n'.repeat(2_000_000)}--b--`)).toBe('batch-malformed')
    expect(read(`--b\r\nContent-Type: ${'a'.repeat(10_000_000)}\r\n--b--`)).toBe('batch-malformed')
    expect(read(one(`GET ${'a'.repeat(10_000_000)} HTTP/1.1`))).toBe('batch-malformed')
    expect(read('--b\r\n'.repeat(3_000_000))).toBe('batch-too-many')
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  test('1,000 parts of 2 KB are read in linear time', () => {
    const body = JSON.stringify({ name: 'x'.repeat(2_000) })
    const parts: OutgoingPart[] = Array.from({ length: 1_000 }, () => ({
      kind: 'operation',
      operation: { method: 'POST', url: 'accounts', body },
    }))
    const request = writeBatchRequest(parts, counter('x'))
    const bytes = Buffer.from(request.body)
    for (let warm = 0; warm < 3; warm += 1) parseBatch(bytes, request.contentType, DATAVERSE)
    const started = performance.now()
    expect(parseBatch(bytes, request.contentType, DATAVERSE).operationCount).toBe(1_000)
    expect(performance.now() - started).toBeLessThan(100)
  })
})

describe('DV-088 Content-ID references', () => {
  const ids = new Map([
    ['1', `${ROOT}/contacts(${guid('14')})`],
    ['100001', '/accounts(1)'],
  ])
  test.each([
    ['$1', `${ROOT}/contacts(${guid('14')})`],
    ['$1/primarycontactid/$ref', `${ROOT}/contacts(${guid('14')})/primarycontactid/$ref`],
    ['$1?$select=name', `${ROOT}/contacts(${guid('14')})?$select=name`],
    ['/$100001', '/accounts(1)'],
    [`${ROOT}/$1/fullname`, `${ROOT}/contacts(${guid('14')})/fullname`],
    ['accounts/$count', 'accounts/$count'],
    ['accounts(1)/nav/$ref', 'accounts(1)/nav/$ref'],
    ['$metadata', '$metadata'],
    ["accounts?$filter=name eq '/$1'", "accounts?$filter=name eq '/$1'"],
  ])('%s', (url, resolved) => {
    expect(resolveUrlReference(url, ids)).toBe(resolved)
  })

  test('an unknown or forward reference has the fixed text', () => {
    expect(() => resolveUrlReference('$2', ids)).toThrow("Content-ID Reference: '$2' does not exist in the batch context.")
    expect(() => resolveBodyReferences({ 'x@odata.bind': '$7' }, ids)).toThrow(
      "Content-ID Reference: '$7' does not exist in the batch context.",
    )
    expect(code(() => resolveUrlReference('$', ids))).toBe('batch-content-id-unknown')
  })

  test('in bodies: bind and id members at any depth, nothing else', () => {
    const body = {
      name: '$1',
      'a@odata.bind': '$1',
      list: [{ 'b@odata.bind': ['$1', '/accounts(2)'] }],
      '@odata.id': '$100001',
      'c@odata.bind': null,
    }
    expect(resolveBodyReferences(body, ids)).toEqual({
      name: '$1',
      'a@odata.bind': ids.get('1'),
      list: [{ 'b@odata.bind': [ids.get('1'), '/accounts(2)'] }],
      '@odata.id': '/accounts(1)',
      'c@odata.bind': null,
    })
  })

  test.each([
    [`${ROOT}/accounts?$top=1`, 'accounts?$top=1'],
    ['/api/data/v9.2/accounts', 'accounts'],
    ['/API/data/v9.2/accounts', 'accounts'],
    ['accounts(1)/name', 'accounts(1)/name'],
    [`${ROOT}//contacts(1)`, 'contacts(1)'],
    ['https:/host.example/api/data/v9.2/contacts(1)', 'contacts(1)'],
    [ROOT, ''],
    ['/api/data/v9.20/accounts', undefined],
    ['/other', undefined],
    ['https://host', undefined],
  ])('belowServiceRoot(%s)', (url, below) => {
    expect(belowServiceRoot(url, '/api/data/v9.2/')).toBe(below)
  })
})

describe('the client side', () => {
  test('DV-092 inner bodies have a length in bytes, change sets unique Content-IDs', () => {
    const { body, contentType } = writeBatchRequest(
      [
        {
          kind: 'changeset',
          operations: [
            { method: 'POST', url: 'accounts', body: '{"name":"Ørsta"}', contentId: '2' },
            { method: 'PATCH', url: '$2', headers: { 'If-Match': '*' }, body: '{}' },
          ],
        },
        {
          kind: 'changeset',
          operations: [
            { method: 'DELETE', url: 'accounts(1)' },
            { method: 'POST', url: 'x', body: '{}' },
          ],
        },
        { kind: 'operation', operation: { method: 'GET', url: 'accounts', headers: { Accept: 'application/json' } } },
      ],
      counter('1', '2', '3'),
    )
    expect(contentType).toBe('multipart/mixed; boundary=batch_1')
    expect(body).toContain('Content-Length: 17\r\n\r\n{"name":"Ørsta"}\r\n')
    const { parts } = parseBatch(body, contentType, DATAVERSE)
    const ids = parts.flatMap((part) => (part.kind === 'changeset' ? part.operations.map((item) => item.contentId) : []))
    expect(ids).toEqual(['2', '1', '3', '4'])
    expect(parts[2]).toEqual({
      kind: 'operation',
      operation: { method: 'GET', url: 'accounts', headers: new Map([['accept', 'application/json']]) },
    })
  })

  test('DV-091 every part has its own status; a failed change set may stand directly in the batch', () => {
    const reply = crlf(
      '--batchresponse_x',
      'Content-Type: multipart/mixed; boundary=cs_1',
      '',
      ...changePart('cs_1', 1, 'HTTP/1.1 204 No Content', 'OData-EntityId: https://h/accounts(1)', '', ''),
      '--cs_1--',
      '--batchresponse_x',
      'Content-Type: application/http',
      '',
      'HTTP/1.1 429 Too Many Requests',
      'Retry-After: 12',
      '',
      '{"error":{}}',
      '--batchresponse_x',
      'Content-Type: application/http',
      '',
      'HTTP/1.1 200 OK',
      'Content-Type: application/json',
      '',
      '{"value":[{"name":"Ørsta"}]}',
      '--batchresponse_x--',
    )
    const parts = readBatchResponse(Buffer.from(reply), 'multipart/mixed; boundary=batchresponse_x')
    expect(parts).toMatchObject([
      { kind: 'changeset', results: [{ status: 204, contentId: '1' }] },
      { kind: 'operation', result: { status: 429, body: '{"error":{}}' } },
      { kind: 'operation', result: { status: 200, body: '{"value":[{"name":"Ørsta"}]}' } },
    ])
    expect(parts[1]?.kind === 'operation' && parts[1].result.headers.get('retry-after')).toBe('12')
    expect(parts[0]?.kind === 'changeset' && parts[0].results[0]).not.toHaveProperty('body')
  })

  test.each([
    ['a reply that is no multipart', '{}', 'application/json', 'batch-media-type'],
    [
      'a reply that was cut off',
      '--x\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK',
      'multipart/mixed; boundary=x',
      'batch-malformed',
    ],
    [
      'a reply without status',
      crlf('--x', 'Content-Type: application/http', '', 'oops', '--x--'),
      'multipart/mixed; boundary=x',
      'batch-malformed',
    ],
  ])('%s', (_name, body, contentType, expected) => {
    expect(code(() => readBatchResponse(body, contentType))).toBe(expected)
  })

  test('line ends cannot break out of headers, URLs and bodies', () => {
    const headers = [['Location', 'x\r\nEvil: 1']] as const
    const { body } = writeBatchResponse([{ kind: 'operation', answer: { status: 418, headers, body: '{\n"a":1\n}' } }], counter('1'))
    expect(body).toContain('HTTP/1.1 418 Im a Teapot\r\nLocation: x Evil: 1\r\n\r\n{ "a":1 }\r\n')
    const request = writeBatchRequest(
      [{ kind: 'operation', operation: { method: 'GET', url: 'a\r\nX: 1', headers: { A: 'b\r\nc: d' } } }],
      counter('1'),
    )
    expect(request.body).toContain('GET aX: 1 HTTP/1.1\r\nA: b c: d\r\n')
  })
})

test('a batch whose bytes are no UTF-8 is refused with the place, not stored with replacement characters', () => {
  const body = Buffer.from(
    '--b\r\nContent-Type: application/http\r\n\r\nPOST accounts HTTP/1.1\r\n\r\n{"name":"Tromsø"}\r\n--b--\r\n',
    'latin1',
  )
  const position = body.indexOf(0xf8)
  expect(() => parseBatch(body, 'multipart/mixed; boundary=b', { maxOperations: 10 })).toThrow(
    expect.objectContaining({ code: 'batch-malformed', details: { position } }),
  )
})
