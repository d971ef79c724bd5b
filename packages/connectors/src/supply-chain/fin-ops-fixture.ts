import { type BatchOperation, parseBatch, writeBatchResponse } from '@p2c/odata'
import type { StubAnswer, StubHandler, StubRequest } from '../stub-service.ts'

type Row = Readonly<Record<string, unknown>>
type Answer = { readonly status: number; readonly headers?: readonly (readonly [string, string])[]; readonly message?: string }

/** A small in-memory stand-in for Supply Chain with one entity, `CustomersV2`: key queries and batches, change sets all or nothing. */
export interface FinOpsFixture {
  readonly handler: StubHandler
  /** By customer account in lower case. */
  readonly rows: Map<string, Row>
  /** Rows that a create made, one entry each time: a key that stands here twice was doubled. */
  readonly created: string[]
  /** Why a row is refused, as the service says it. */
  refuse: (row: Row) => string | undefined
  /** A part that is answered without being carried out. */
  part: () => Answer | undefined
}

const property = (Name: string, more: object = {}) => ({
  Name,
  DataType: 'String',
  TypeName: 'Edm.String',
  IsKey: false,
  IsMandatory: false,
  AllowEdit: true,
  AllowEditOnCreate: true,
  ...more,
})

const ENTITY = {
  Name: 'CustCustomerV2Entity',
  PublicEntityName: 'CustomerV2',
  PublicCollectionName: 'CustomersV2',
  LabelText: 'Customers V2',
}

export function createFinOpsFixture(): FinOpsFixture {
  const fixture: FinOpsFixture = {
    rows: new Map(),
    created: [],
    refuse: () => undefined,
    part: () => undefined,
    handler: (request) => answer(fixture, request),
  }
  return fixture
}

function answer(fixture: FinOpsFixture, request: StubRequest): StubAnswer | undefined {
  if (request.url.startsWith('/metadata/DataEntities')) return { status: 200, body: { value: [ENTITY] } }
  if (request.url.startsWith('/metadata/PublicEntities')) {
    const Properties = [property('dataAreaId', { IsKey: true }), property('CustomerAccount', { IsKey: true }), property('OrganizationName')]
    return { status: 200, body: { Name: 'CustomerV2', Properties } }
  }
  if (request.url.startsWith('/data/CustomersV2')) {
    const keys = [...request.url.matchAll(/CustomerAccount eq '([^']*)'/g)].map((match) => (match[1] ?? '').toLowerCase())
    return { status: 200, body: { value: keys.flatMap((key) => fixture.rows.get(key) ?? []) } }
  }
  return request.url === '/data/$batch' ? answerBatch(fixture, request) : undefined
}

function answerBatch(fixture: FinOpsFixture, request: StubRequest): StubAnswer {
  const { parts } = parseBatch(request.body, request.headers['content-type'], { maxOperations: 5000 })
  const answers = parts.map((part) => {
    if (part.kind === 'operation') return { kind: 'operation', answer: toWire(operate(fixture, part.operation), part.operation) } as const
    const before = new Map(fixture.rows)
    const created = fixture.created.length
    const done: ReturnType<typeof toWire>[] = []
    for (const operation of part.operations) {
      const result = operate(fixture, operation)
      if (result.status < 300) {
        done.push(toWire(result, operation))
        continue
      }
      fixture.rows.clear()
      for (const [key, row] of before) fixture.rows.set(key, row)
      fixture.created.length = created
      return { kind: 'changeset', answers: [toWire(result, operation)] } as const
    }
    return { kind: 'changeset', answers: done } as const
  })
  const message = writeBatchResponse(answers, () => 'b0')
  return { status: 200, headers: { 'content-type': message.contentType }, raw: message.body }
}

function operate(fixture: FinOpsFixture, { method, url, body }: BatchOperation): Answer {
  const fault = fixture.part()
  if (fault !== undefined) return fault
  const values = JSON.parse(body ?? '{}') as Row
  const key = (/CustomerAccount='([^']*)'/.exec(decodeURIComponent(url))?.[1] ?? String(values.CustomerAccount)).toLowerCase()
  const stored = fixture.rows.get(key)
  const row = { ...stored, ...values }
  if (method === 'POST' && stored !== undefined) return { status: 400, message: 'The record already exists.' }
  if (method !== 'POST' && stored === undefined) return { status: 400, message: 'No resources were found when selecting for update.' }
  const refused = fixture.refuse(row)
  if (refused !== undefined) return { status: 500, message: refused }
  fixture.rows.set(key, row)
  if (method === 'POST') fixture.created.push(key)
  return { status: 204 }
}

const toWire = ({ status, headers = [], message }: Answer, { contentId }: BatchOperation) => ({
  status,
  headers,
  ...(contentId !== undefined && { contentId }),
  ...(message !== undefined && {
    body: JSON.stringify({
      error: { code: '', message: 'An error has occurred.', innererror: { message, type: 'AxODataWriteException' } },
    }),
  }),
})
