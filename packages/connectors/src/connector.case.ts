import type { Connector, FieldValues, OrganisationPair, ReadRequest, SourcePage, SourceRow } from '@p2c/engine'
import { describe, expect, test } from 'vitest'

/** What the contract suite needs to know of a system: an entity that can be written and read, with rows that are fit for it. */
export interface ConnectorCase {
  readonly connector: Connector
  readonly organisation: OrganisationPair
  readonly entity: string
  readonly keyFields: readonly string[]
  /** A text and a decimal field of that entity. */
  readonly textField: string
  readonly decimalField: string
  /** A row that the system takes. */
  row(key: string, more?: FieldValues): FieldValues
  /** A row that the system itself refuses. */
  badRow(key: string): FieldValues
  /** True where reads end with a source position. */
  readonly isIncremental: boolean
}

export interface CaseScope {
  onTestFinished(callback: () => Promise<void>): void
}

const signal = new AbortController().signal

const request = (one: ConnectorCase, more: Partial<ReadRequest> = {}): ReadRequest => ({
  entity: one.entity,
  keyFields: one.keyFields,
  fields: [...one.keyFields, one.textField, one.decimalField],
  organisation: one.organisation,
  pageSize: 1000,
  readId: 'read-1',
  ...more,
})

const upsert = (one: ConnectorCase, rows: readonly (readonly [string, FieldValues])[]) =>
  one.connector.upsert(
    {
      entity: one.entity,
      keyFields: one.keyFields,
      organisation: one.organisation,
      rows: rows.map(([key, values]) => ({ key, values, known: false })),
    },
    signal,
  )

async function pagesOf(one: ConnectorCase, more: Partial<ReadRequest> = {}): Promise<SourcePage[]> {
  const pages: SourcePage[] = []
  for await (const page of one.connector.read(request(one, more), signal)) pages.push(page)
  return pages
}

const rowsIn = (pages: readonly SourcePage[]): readonly SourceRow[] => pages.flatMap((page) => page.rows)
const keysIn = (pages: readonly SourcePage[]): string[] => rowsIn(pages).map((row) => row.key)

/** The contract of `Connector`: every connector passes it against every service that it is made for. */
export function describeConnector(name: string, start: (scope: CaseScope) => Promise<ConnectorCase>): void {
  describe(name, () => {
    test('the connection test succeeds and describes the system', async (t) => {
      const { connector } = await start(t)
      expect((await connector.checkConnection(signal)).description).not.toBe('')
    })

    test('an entity is described with its key; an unknown one is entity-unknown', async (t) => {
      const one = await start(t)
      const schema = await one.connector.describeEntity(one.entity, signal)
      expect(schema.keys.map((key) => key.fields)).toContainEqual(one.keyFields)
      expect(schema.fields.find((field) => field.name === one.textField)).toMatchObject({ type: 'text', readOnly: false })
      expect(schema.fields.find((field) => field.name === one.decimalField)).toMatchObject({ type: 'decimal' })
      await expect(one.connector.describeEntity('nothing', signal)).rejects.toMatchObject({
        category: 'schema',
        code: 'entity-unknown',
        retryable: false,
      })
    })

    test('rows are inserted, then unchanged, then updated; outcomes come in the order given', async (t) => {
      const one = await start(t)
      const rows = ['K-2', 'K-1', 'K-3'].map((key) => [key, one.row(key)] as const)
      const inserted = await upsert(one, rows)
      expect(inserted).toEqual(rows.map(([key]) => ({ outcome: 'inserted', key })))
      expect(await upsert(one, rows)).toEqual(rows.map(([key]) => ({ outcome: 'unchanged', key })))
      const changed = await upsert(one, [
        ['K-1', one.row('K-1', { [one.textField]: 'Ærø & Søn "A/S" ’ünï' })],
        ['K-4', one.row('K-4')],
      ])
      expect(changed).toEqual([
        { outcome: 'updated', key: 'K-1' },
        { outcome: 'inserted', key: 'K-4' },
      ])
    })

    test('a bad row stops no other one, and says why', async (t) => {
      const one = await start(t)
      const outcomes = await upsert(one, [
        ...Array.from({ length: 30 }, (_, n) => [`K-${n}`, one.row(`K-${n}`)] as const),
        ['K-BAD', one.badRow('K-BAD')],
      ])
      expect(outcomes.slice(0, 30).every((outcome) => outcome.outcome === 'inserted')).toBe(true)
      expect(outcomes[30]).toMatchObject({
        outcome: 'failed',
        key: 'K-BAD',
        failure: { code: expect.stringMatching(/^[a-z-]+$/), message: expect.any(String) },
      })
    })

    test('what was written is read again, value for value, page by page, and behind any page by another process', async (t) => {
      const one = await start(t)
      const keys = ['K-1', 'K-2', 'K-3', 'K-4', 'K-5']
      await upsert(
        one,
        keys.map((key, n) => [key, one.row(key, { [one.textField]: `Name ${n} 漢字`, [one.decimalField]: `${n}.25` })] as const),
      )
      const pages = await pagesOf(one, { pageSize: 2 })
      expect(
        keysIn(pages)
          .filter((key) => keys.includes(key))
          .sort(),
      ).toEqual(keys)
      expect(rowsIn(pages).find((row) => row.key === 'K-3')?.values).toMatchObject({
        [one.textField]: 'Name 2 漢字',
        [one.decimalField]: '2.25',
      })
      expect(pages.slice(0, -1).every((page) => page.pageLink !== undefined && page.position === undefined)).toBe(true)
      expect(pages.at(-1)?.pageLink).toBeUndefined()
      expect(pages.at(-1)?.position !== undefined).toBe(one.isIncremental)
      const rest = await pagesOf(one, { pageSize: 2, ...(pages[0]?.pageLink !== undefined && { pageLink: pages[0].pageLink }) })
      expect(keysIn(rest)).toEqual(keysIn(pages.slice(1)))
    })

    test('an incremental read has what changed, and nothing when nothing did', async (t) => {
      const one = await start(t)
      if (!one.isIncremental) return
      await upsert(one, [
        ['K-1', one.row('K-1')],
        ['K-2', one.row('K-2')],
      ])
      const position = (await pagesOf(one)).at(-1)?.position ?? ''
      await upsert(one, [
        ['K-2', one.row('K-2', { [one.textField]: 'Changed' })],
        ['K-3', one.row('K-3')],
      ])
      const changes = await pagesOf(one, { position, readId: 'read-2' })
      expect(keysIn(changes).sort()).toEqual(['K-2', 'K-3'])
      expect(keysIn(await pagesOf(one, { position, readId: 'read-2' })).sort()).toEqual(expect.arrayContaining(['K-2', 'K-3']))
      const quiet = await pagesOf(one, { position: changes.at(-1)?.position ?? '', readId: 'read-3' })
      expect(keysIn(quiet)).toEqual([])
      await expect(pagesOf(one, { position: 'no position of this connector' })).rejects.toMatchObject({ code: 'source-position-expired' })
    })

    test('the number of rows to read is told, whole and incremental, or not known', async (t) => {
      const one = await start(t)
      const before = await one.connector.count?.(request(one), signal)
      await upsert(
        one,
        ['K-1', 'K-2', 'K-3'].map((key) => [key, one.row(key)] as const),
      )
      expect(await one.connector.count?.(request(one), signal)).toBe(before === undefined ? undefined : before + 3)
      const position = (await pagesOf(one)).at(-1)?.position
      if (position === undefined) return
      await upsert(one, [['K-2', one.row('K-2', { [one.textField]: 'Changed' })]])
      expect([1, undefined]).toContain(await one.connector.count?.(request(one, { position }), signal))
    })

    test('rows are read by key; a key without a row is left out', async (t) => {
      const one = await start(t)
      await upsert(one, [
        ['K-1', one.row('K-1')],
        ["K'2", one.row("K'2")],
      ])
      const rows = await one.connector.readByKeys(request(one), ["K'2", 'K-9', 'K-1'], signal)
      expect(rows.map((row) => row.key).sort()).toEqual(["K'2", 'K-1'])
    })

    test('rows are found by what they hold in a field, with the keys of a read', async (t) => {
      const one = await start(t)
      const names: Readonly<Record<string, string>> = { 'K-1': "Ada's [100%]_x", 'K-2': 'Other', 'K-3': "Ada's [100%]_x" }
      await upsert(
        one,
        Object.entries(names).map(([key, name]) => [key, one.row(key, { [one.textField]: name })] as const),
      )
      const search = { fields: [one.textField], tuples: [["Ada's [100%]_x"], ['Nobody']] }
      const rows = await one.connector.readByFields(request(one), search, signal)
      expect(rows.map((row) => row.key).sort()).toEqual(['K-1', 'K-3'])
      expect(rows[0]?.values).toMatchObject({ [one.textField]: "Ada's [100%]_x" })
      const pairs = {
        fields: [...one.keyFields, one.textField],
        tuples: [
          ['K-2', 'Other'],
          ['K-3', 'Other'],
        ],
      }
      expect((await one.connector.readByFields(request(one), pairs, signal)).map((row) => row.key)).toEqual(['K-2'])
      await expect(one.connector.readByFields(request(one), { fields: ['nmae'], tuples: [['x']] }, signal)).rejects.toMatchObject({
        code: 'field-unknown',
      })
    })

    test('an unknown field stops the call with its name; a filter that is none is refused with a position', async (t) => {
      const one = await start(t)
      const unknown = { category: 'schema', code: 'field-unknown', details: { field: 'nmae' } }
      await expect(pagesOf(one, { fields: [...one.keyFields, 'nmae'] })).rejects.toMatchObject(unknown)
      await expect(upsert(one, [['K-1', { ...one.row('K-1'), nmae: 'x' }]])).rejects.toMatchObject(unknown)
      expect(() => one.connector.parseFilter(`${one.textField} eq`)).toThrow(
        expect.objectContaining({ code: 'filter-invalid', details: { position: expect.any(Number) } }),
      )
    })

    test('an aborted call ends with the reason of the abort', async (t) => {
      const one = await start(t)
      const stopped = AbortSignal.abort(new Error('stopped by a person'))
      await expect(one.connector.checkConnection(stopped)).rejects.toThrow('stopped by a person')
    })
  })
}
