import { expect, test } from 'vitest'
import { D, startTestApp } from '../supply-chain-app.fixture.ts'
import { takeNumbers } from './number-sequences.ts'

const USMF = 'usmf'

/** A sequence of its own with a reference to it. */
async function addSequence(app: Awaited<ReturnType<typeof startTestApp>>, code: string, values: object): Promise<void> {
  const sequence = { ScopeValue: USMF, NumberSequenceCode: code, Format: 'N-###', ...values }
  const reference = { ScopeType: 'DataArea', ScopeValue: USMF, DataTypeName: code, NumberSequenceCode: code }
  expect((await app.post(`${D}/NumberSequencesV2`, sequence)).status).toBe(201)
  expect((await app.post(`${D}/NumberSequencesV2References`, reference)).status).toBe(201)
}

const sequenceAddress = (code: string): string => `${D}/NumberSequencesV2(ScopeValue='${USMF}',NumberSequenceCode='${code}')`

const nextOf = async (app: Awaited<ReturnType<typeof startTestApp>>, code: string): Promise<number> =>
  (await app.get(sequenceAddress(code))).json.Next

const setNext = (app: Awaited<ReturnType<typeof startTestApp>>, code: string, values: object) => app.patch(sequenceAddress(code), values)

test('a number of a sequence with gaps is taken while another transaction that took one is still open', async (t) => {
  const app = await startTestApp(t)
  await addSequence(app, 'Loose', {})
  const take = (sql: Parameters<typeof takeNumbers>[0], count = 1) => takeNumbers(sql, { dataAreaId: 'USMF', dataTypeName: 'loose', count })
  await app.database.transaction(async (open) => {
    expect(await take(open, 2)).toEqual(['N-001', 'N-002'])
    expect(await app.database.transaction((other) => take(other))).toEqual(['N-003'])
  })
  // Numbers of a transaction that is rolled back are lost; none is given twice.
  await app.database
    .transaction(async (sql) => {
      await take(sql, 3)
      throw new Error('rolled back')
    })
    .catch(() => undefined)
  expect(await nextOf(app, 'Loose')).toBe(7)
})

test('a continuous sequence makes others wait and gets its numbers back', async (t) => {
  const app = await startTestApp(t)
  await addSequence(app, 'Strict', { IsContinuous: 'Yes' })
  const take = (sql: Parameters<typeof takeNumbers>[0]) => takeNumbers(sql, { dataAreaId: USMF, dataTypeName: 'Strict', count: 1 })
  const order: string[] = []
  let second: Promise<string[] | undefined> | undefined
  await app.database
    .transaction(async (sql) => {
      expect(await take(sql)).toEqual(['N-001'])
      second = app.database.transaction(take).then((numbers) => {
        order.push('second')
        return numbers
      })
      await waitForLock(app)
      order.push('first')
      throw new Error('rolled back')
    })
    .catch(() => undefined)
  expect(await second).toEqual(['N-001'])
  expect(order).toEqual(['first', 'second'])
  expect(await nextOf(app, 'Strict')).toBe(2)
})

/** Until one statement waits for another transaction. */
async function waitForLock({ database }: Awaited<ReturnType<typeof startTestApp>>): Promise<void> {
  for (;;) {
    const { rowCount } = await database.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rowCount !== 0) return
  }
}

test('the next number can be read and set, also back to the one that the sequence began with, and the largest one ends it', async (t) => {
  const app = await startTestApp(t)
  await addSequence(app, 'Loose', { Smallest: 5, Largest: 9 })
  const take = (count: number) => app.database.transaction((sql) => takeNumbers(sql, { dataAreaId: USMF, dataTypeName: 'Loose', count }))
  expect(await nextOf(app, 'Loose')).toBe(5)
  expect(await take(3)).toEqual(['N-005', 'N-006', 'N-007'])
  expect(await nextOf(app, 'Loose')).toBe(8)
  expect(await take(3)).toBeUndefined()
  expect(await take(2)).toEqual(['N-008', 'N-009'])
  expect(await take(1)).toBeUndefined()
  expect(await nextOf(app, 'Loose')).toBe(10)
  expect((await setNext(app, 'Loose', { Next: 5 })).status).toBe(204)
  expect(await nextOf(app, 'Loose')).toBe(5)
  expect((await setNext(app, 'Loose', { Format: 'M-##' })).status).toBe(204)
  expect(await take(1)).toEqual(['M-05'])
  const refused = await setNext(app, 'Loose', { Next: -1 })
  expect(refused.status).toBe(400)
  expect(refused.text).toContain("Field 'Next' must not be negative.")
  expect((await setNext(app, 'Loose', { Largest: 9_000_000_000_000_000_000n.toString() })).status).toBe(400)
  expect((await app.call('PATCH', sequenceAddress('Loose'), '{"Next":9223372036854775807}')).text).toContain(
    'exceeds the maximum length 18',
  )
  expect(await nextOf(app, 'Loose')).toBe(6)
})

test('a sequence goes on where it stands when it becomes continuous and when it stops to be', async (t) => {
  const app = await startTestApp(t)
  await addSequence(app, 'Loose', {})
  const take = () => app.database.transaction((sql) => takeNumbers(sql, { dataAreaId: USMF, dataTypeName: 'Loose', count: 1 }))
  expect(await take()).toEqual(['N-001'])
  await setNext(app, 'Loose', { IsContinuous: 'Yes' })
  expect(await take()).toEqual(['N-002'])
  await setNext(app, 'Loose', { IsContinuous: 'No' })
  expect(await take()).toEqual(['N-003'])
  expect(await nextOf(app, 'Loose')).toBe(4)
  expect((await setNext(app, 'Loose', { IsManual: 'Yes' })).status).toBe(204)
  expect(await take()).toBeUndefined()
})

test('a company without sequences of its own counts with those of the installation', async (t) => {
  const app = await startTestApp(t)
  const numbers = await app.database.transaction((sql) => takeNumbers(sql, { dataAreaId: 'hms9', dataTypeName: 'SalesId', count: 1 }))
  expect(numbers).toEqual(['SO-000001'])
})

test('numbers that many take at once are all different, with and without gaps', async (t) => {
  const app = await startTestApp(t)
  await addSequence(app, 'Loose', {})
  await addSequence(app, 'Strict', { IsContinuous: 'Yes' })
  for (const dataTypeName of ['Loose', 'Strict']) {
    const taken = await Promise.all(
      Array.from({ length: 30 }, () => app.database.transaction((sql) => takeNumbers(sql, { dataAreaId: USMF, dataTypeName, count: 5 }))),
    )
    const numbers = taken.flatMap((each) => each ?? [])
    expect([dataTypeName, numbers.length, new Set(numbers).size]).toEqual([dataTypeName, 150, 150])
    expect(await nextOf(app, dataTypeName)).toBe(151)
  }
})
