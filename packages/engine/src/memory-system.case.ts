import { AppError } from '@p2c/base'
import type { Connector, DestinationRow, ReadRequest, RowFailure, SourcePage, SourceRow, UpsertOutcome } from './model/connector.ts'
import type { EnvironmentType } from './model/documents.ts'
import type { EntitySchema } from './model/entity-schema.ts'
import type { FieldValues } from './model/field-value.ts'
import type { Filter } from './model/filter.ts'

/** A system in memory behind the connector contract: what tests of the engine read from and write to. */
export interface MemorySystem {
  readonly connector: Connector
  put(entity: string, rows: readonly FieldValues[]): void
  remove(entity: string, key: string): void
  rows(entity: string): ReadonlyMap<string, FieldValues>
  /** Calls so far: `read`, `readByKeys`, `describe`, and rows that were `written`. */
  readonly calls: {
    read: number
    readByKeys: number
    readByFields: number
    count: number
    describe: number
    upsert: number
    written: number
  }
  /** Refuses rows: gives the failure, or undefined to let it through. */
  refuse: (values: FieldValues) => RowFailure | undefined
  /** Awaited at these places; may throw, or never come back. */
  readonly hooks: {
    beforeUpsert?: () => Promise<void>
    afterUpsert?: () => Promise<void>
    beforeCount?: () => Promise<void>
    beforeReadByFields?: () => Promise<void>
    beforePage?: (pageLink: string | undefined) => Promise<void>
  }
  /** Told of every row that was written, in the order in which that happened. */
  onWrite: (entity: string, values: FieldValues) => void
  /** Positions older than this are refused. */
  expireBefore: number
  /** What a read that begins now would tell as its position. */
  position(): number
}

/** Holds the n-th call of one place until it is let go; the others pass. `reached` resolves when that call has come. */
export function holdAtCall(
  { hooks }: Pick<MemorySystem, 'hooks'>,
  hook: keyof MemorySystem['hooks'],
  call: number,
): { readonly reached: Promise<void>; release(): void } {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let calls = 0
  hooks[hook] = async () => {
    if (++calls !== call) return
    reached.resolve()
    await released.promise
  }
  return { reached: reached.promise, release: () => released.resolve() }
}

interface StoredRow {
  readonly version: number
  readonly values: FieldValues
}

const CONNECTOR_NAMES = { CRM: 'sales', AX: 'supply-chain', CDS: 'common-data-service' } as const

export function createMemorySystem(environmentType: EnvironmentType, schemas: readonly EntitySchema[]): MemorySystem {
  const tables = new Map(
    schemas.map((schema) => [schema.name, { schema, rows: new Map<string, StoredRow>(), removed: new Map<string, number>() }]),
  )
  let version = 0
  const table = (entity: string) => {
    const found = tables.get(entity)
    if (found === undefined) throw new AppError({ category: 'schema', code: 'entity-unknown', message: `no entity ${entity}` })
    return found
  }
  const keyOf = (fields: readonly string[], values: FieldValues): string =>
    fields.every((field) => values[field] === null || values[field] === undefined)
      ? ''
      : fields.map((field) => values[field] ?? '').join('|')
  const store = (entity: string, values: FieldValues): 'inserted' | 'updated' => {
    const { schema, rows, removed } = table(entity)
    const key = keyOf(schema.keys[0]?.fields ?? [], values) || `unkeyed-${version}`
    const known = rows.get(key)
    removed.delete(key)
    rows.set(key, { version: ++version, values: { ...known?.values, ...values } })
    return known === undefined ? 'inserted' : 'updated'
  }
  const toSourceRow = (request: Pick<ReadRequest, 'keyFields' | 'fields'>, row: StoredRow): SourceRow => ({
    key: keyOf(request.keyFields, row.values),
    version: String(row.version),
    values: Object.fromEntries(request.fields.map((field) => [field, row.values[field] ?? null])),
  })

  const system: MemorySystem = {
    calls: { read: 0, readByKeys: 0, readByFields: 0, count: 0, describe: 0, upsert: 0, written: 0 },
    hooks: {},
    refuse: () => undefined,
    onWrite: () => undefined,
    expireBefore: 0,
    position: () => version,
    put: (entity, rows) => {
      for (const values of rows) store(entity, values)
    },
    remove: (entity, key) => {
      table(entity).rows.delete(key)
      table(entity).removed.set(key, ++version)
    },
    rows: (entity) => new Map([...table(entity).rows].map(([key, row]) => [key, row.values])),
    connector: {
      name: CONNECTOR_NAMES[environmentType],
      environmentType,
      checkConnection: async () => ({ description: 'in memory' }),
      describeEntity: async (entity) => {
        system.calls.describe++
        return table(entity).schema
      },
      parseFilter: parseSimpleFilter,
      read: (request) => readPages(request),
      count: async (request) => {
        system.calls.count++
        await system.hooks.beforeCount?.()
        const since = Number(request.position ?? 0)
        return [...table(request.entity).rows.values()].filter((row) => row.version > since).length
      },
      readByKeys: async (request, keys) => {
        system.calls.readByKeys++
        return [...table(request.entity).rows.values()].map((row) => toSourceRow(request, row)).filter((row) => keys.includes(row.key))
      },
      readByFields: async (request, { fields, tuples }) => {
        system.calls.readByFields++
        await system.hooks.beforeReadByFields?.()
        const wanted = new Set(tuples.map((values) => values.join('|')))
        return [...table(request.entity).rows.values()]
          .filter((row) => wanted.has(keyOf(fields, row.values)))
          .map((row) => toSourceRow(request, row))
      },
      upsert: async (request) => {
        system.calls.upsert++
        await system.hooks.beforeUpsert?.()
        const keys = new Set(request.rows.map((row) => row.key.toLowerCase()))
        if (keys.size !== request.rows.length) throw new Error('keys within one request are not distinct')
        const outcomes = request.rows.map((row) => upsertRow(request.entity, row))
        await system.hooks.afterUpsert?.()
        return outcomes
      },
      close: async () => undefined,
    },
  }

  async function* readPages(request: ReadRequest): AsyncGenerator<SourcePage> {
    const since = Number(request.position ?? 0)
    if (request.position !== undefined && since < system.expireBefore) {
      throw new AppError({ category: 'data', code: 'source-position-expired', message: 'too old' })
    }
    let [start, after] = request.pageLink === undefined ? [version, ''] : (JSON.parse(request.pageLink) as [number, string])
    for (;;) {
      system.calls.read++
      await system.hooks.beforePage?.(after === '' ? undefined : after)
      const { rows, removed } = table(request.entity)
      const due = [...rows].filter(([key, row]) => row.version > since && key > after).sort(([a], [b]) => (a < b ? -1 : 1))
      const page = due.slice(0, request.pageSize)
      const sourceRows = page.map(([, row]) => toSourceRow(request, row))
      const last = page.at(-1)?.[0]
      if (due.length <= request.pageSize || last === undefined) {
        const deletedKeys = since === 0 ? [] : [...removed].filter(([, at]) => at > since).map(([key]) => key)
        yield { rows: sourceRows, position: String(start), ...(deletedKeys.length > 0 && { deletedKeys }) }
        return
      }
      after = last
      yield { rows: sourceRows, pageLink: JSON.stringify([start, after]) }
    }
  }

  function upsertRow(entity: string, row: DestinationRow): UpsertOutcome {
    const failure = system.refuse(row.values)
    if (failure !== undefined) return { outcome: 'failed', key: row.key, failure }
    system.calls.written++
    system.onWrite(entity, row.values)
    return { outcome: store(entity, row.values), key: row.key }
  }
  return system
}

/** `field op literal` joined by `and`: as much of a filter language as the tests need. */
function parseSimpleFilter(text: string): Filter {
  const operands = text.split(' and ').map((part): Filter => {
    const match = /^(\S+) (eq|ne|gt|ge|lt|le) (.+)$/.exec(part.trim())
    if (match === null)
      throw new AppError({ category: 'schema', code: 'filter-invalid', message: `cannot read ${part}`, details: { position: 0 } })
    const [, field = '', operator = 'eq', literal = ''] = match
    return { kind: 'comparison', field, operator: operator as 'eq', value: literal === 'null' ? null : (JSON.parse(literal) as string) }
  })
  return operands.length === 1 && operands[0] !== undefined ? operands[0] : { kind: 'and', operands }
}

const text = (name: string, options: Partial<EntitySchema['fields'][number]> = {}): EntitySchema['fields'][number] => ({
  name,
  type: 'text',
  required: false,
  readOnly: false,
  maxLength: 100,
  ...options,
})

export const ACCOUNTS: EntitySchema = {
  name: 'accounts',
  fields: [
    text('accountnumber', { maxLength: 20, required: true }),
    text('name', { maxLength: 160 }),
    text('address1_country', { maxLength: 80 }),
    text('creditlimit', { type: 'decimal' }),
    text('parentcustomerid', { type: 'lookup', relatedEntities: ['accounts'] }),
  ],
  keys: [{ name: 'accountnumber', fields: ['accountnumber'] }],
}

export const CUSTOMERS: EntitySchema = {
  name: 'CustomersV2',
  fields: [
    text('CustomerAccount', { maxLength: 20, required: true }),
    text('OrganizationName', { maxLength: 60, required: true }),
    text('AddressCountryRegionISOCode', { maxLength: 2 }),
    text('CreditLimit', { type: 'decimal' }),
    text('InvoiceAccount', { maxLength: 20 }),
    text('PartyType', { type: 'enumeration', options: ['Organization', 'Person'] }),
  ],
  keys: [{ name: 'EntityKey', fields: ['CustomerAccount'] }],
}

export const CONTACTS: EntitySchema = {
  name: 'contacts',
  fields: [
    text('contactnumber', { maxLength: 20 }),
    text('fullname'),
    text('parentcustomerid', { type: 'lookup', relatedEntities: ['accounts'] }),
  ],
  keys: [{ name: 'contactnumber', fields: ['contactnumber'] }],
}

export const CONTACT_PERSONS: EntitySchema = {
  name: 'CDSContactPersons',
  fields: [text('ContactPersonId', { maxLength: 20 }), text('Name'), text('AssociatedPartyNumber', { relatedEntities: ['CustomersV2'] })],
  keys: [{ name: 'EntityKey', fields: ['ContactPersonId'] }],
}

const LEG = { id: '001', sourceEnvironmentType: 'CRM', destinationEnvironmentType: 'AX' } as const

export const ACCOUNTS_TASK = {
  name: 'Accounts - Customers',
  order: 1,
  legs: [
    {
      ...LEG,
      sourceSchema: 'accounts',
      destinationSchema: 'CustomersV2',
      sourceFilter: 'name ne "filtered"',
      fieldMappings: [
        { sourceField: 'accountnumber', destinationField: 'CustomerAccount' },
        { sourceField: 'name', destinationField: 'OrganizationName' },
        { destinationField: 'PartyType', valueTransforms: [{ transformType: 'Default', defaultValue: 'Organization' }] },
        { sourceField: 'creditlimit', destinationField: 'CreditLimit' },
        {
          sourceField: 'address1_country',
          destinationField: 'AddressCountryRegionISOCode',
          valueTransforms: [
            { transformType: 'CountryRegionCode', to: 'iso2' },
            { transformType: 'Default', defaultValue: 'US' },
          ],
        },
      ],
    },
  ],
}

export const CONTACTS_TASK = {
  name: 'Contacts',
  order: 2,
  legs: [
    {
      ...LEG,
      sourceSchema: 'contacts',
      destinationSchema: 'CDSContactPersons',
      fieldMappings: [
        { sourceField: 'contactnumber', destinationField: 'ContactPersonId' },
        { sourceField: 'fullname', destinationField: 'Name' },
        { sourceField: 'parentcustomerid.Account(accountnumber)', destinationField: 'AssociatedPartyNumber' },
      ],
    },
  ],
}

export const anAccount = (number: number, changes: Partial<FieldValues> = {}): FieldValues => ({
  accountnumber: `ACC-${String(number).padStart(6, '0')}`,
  name: `Account ${number}`,
  address1_country: number % 3 === 0 ? 'Germany' : 'United States',
  creditlimit: '1000.50',
  ...(changes as FieldValues),
})

export const accounts = (count: number): readonly FieldValues[] => Array.from({ length: count }, (_, index) => anAccount(index + 1))
