import type { Connector, EnvironmentType, Filter, ReadRequest, SourcePage, SourceRow, UpsertOutcome, UpsertRequest } from '@p2c/engine'
import type { StubAccount } from '../stub/account.ts'
import type { WireOutcome } from '../stub/destination.ts'
import { accountSchema, customerSchema } from './fields.ts'
import { createStubClient, type StubClient, UPSERT_ROWS, UPSERTS_IN_FLIGHT } from './stub-client.ts'

const HAS_NUMBER: Filter = { kind: 'comparison', operator: 'ne', field: 'accountnumber', value: null }

/** The stub end points behind the connector contract, doing as little as it allows: what is measured is the engine. */
export function createStubConnector(environmentType: EnvironmentType, origin: string): Connector {
  const client = createStubClient(origin)
  return {
    name: environmentType === 'CRM' ? 'sales' : 'supply-chain',
    environmentType,
    checkConnection: async () => ({ description: 'stub' }),
    describeEntity: async (entity) => (environmentType === 'CRM' ? accountSchema(entity) : customerSchema(entity)),
    parseFilter: () => HAS_NUMBER,
    read: (request) => readPages(client, request),
    count: (request) => client.count(request.entity, request.pageLink ?? firstQuery(request)),
    readByKeys: async (request, keys) => (await client.byKeys(request.entity, keys)).map(toSourceRow),
    readByFields: async () => [],
    upsert: (request) => upsert(client, request),
    close: () => client.close(),
  }
}

const firstQuery = ({ pageSize, position }: ReadRequest): string => `size=${pageSize}${position === undefined ? '' : `&since=${position}`}`

async function* readPages(client: StubClient, request: ReadRequest): AsyncGenerator<SourcePage> {
  let query: string | undefined = request.pageLink ?? firstQuery(request)
  while (query !== undefined) {
    const page = await client.page(request.entity, query)
    query = page.next
    yield {
      rows: page.rows.map(toSourceRow),
      ...(page.next !== undefined && { pageLink: page.next }),
      ...(page.position !== undefined && { position: page.position }),
    }
  }
}

const toSourceRow = (account: StubAccount): SourceRow => ({
  key: String(account.accountnumber),
  version: String(account.versionnumber),
  values: account,
})

async function upsert(client: StubClient, { entity, rows }: UpsertRequest): Promise<readonly UpsertOutcome[]> {
  const outcomes = new Array<UpsertOutcome>(rows.length)
  let begun = 0
  const lane = async (): Promise<void> => {
    for (let from = begun; from < rows.length; from = begun) {
      begun += UPSERT_ROWS
      const part = rows.slice(from, begun)
      const answers = await client.upsert(
        entity,
        part.map((row) => row.values),
      )
      for (const [index, { key }] of part.entries()) outcomes[from + index] = toOutcome(key, answers[index])
    }
  }
  await Promise.all(Array.from({ length: UPSERTS_IN_FLIGHT }, lane))
  return outcomes
}

const toOutcome = (key: string, outcome: WireOutcome = 'refused'): UpsertOutcome =>
  outcome === 'refused'
    ? { outcome: 'failed', key, failure: { category: 'business-rule', code: 'stub-refused', message: 'The stub refuses this row.' } }
    : { outcome, key }
