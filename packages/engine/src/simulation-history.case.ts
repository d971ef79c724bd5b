import { isAppError } from '@p2c/base'
import type { FieldValues } from './model/field-value.ts'
import { type Chance, isBad, type Layout, PARENT, type World } from './simulation.case.ts'

/** What people and machines do while executions run. */
export interface History {
  readonly world: World
  readonly layout: Layout
  readonly chance: Chance
  /** Latest revision of each key; a revision is never used twice, but a row may get back former content. */
  readonly revisions: Map<string, number>
  /** Contents of each key, one after the other. */
  readonly former: Map<string, FieldValues[]>
  /** Keys whose content went back on purpose: their writes cannot be put in order. */
  readonly reverted: Set<string>
}

const ACCOUNT_NUMBERS = 90
const CONTACT_NUMBERS = 40
export const accountKey = (number: number): string => `ACC-${String(number).padStart(3, '0')}`
export const contactKey = (number: number): string => `CON-${String(number).padStart(3, '0')}`

/** One in eight names a row that is hardly ever there. */
const someAccount = (chance: Chance): string => accountKey(chance.once(8) ? 95 + chance.whole(3) : chance.whole(ACCOUNT_NUMBERS))
const someContact = (chance: Chance): string => contactKey(chance.once(8) ? 95 + chance.whole(3) : chance.whole(CONTACT_NUMBERS))

function nextName({ revisions }: History, key: string): string {
  const revision = (revisions.get(key) ?? 0) + 1
  revisions.set(key, revision)
  return `${key} r${revision}`
}

/** The next content of a row, which may be what it was before: nothing that was written in between may stay. */
function nextRow(history: History, key: string, make: () => FieldValues): FieldValues {
  const former = history.former.get(key) ?? []
  const before = former.at(-2)
  const goesBack = before !== undefined && history.chance.once(3)
  if (goesBack) history.reverted.add(key)
  const row = goesBack ? before : make()
  history.former.set(key, [...former, row])
  return row
}

export function anyAccount(history: History, number: number): FieldValues {
  const { chance, layout } = history
  const key = accountKey(number)
  return {
    accountnumber: key,
    name: nextName(history, key),
    creditlimit: chance.once(3) ? '10.5' : '7',
    address1_country: chance.once(12) ? 'Atlantis' : 'Germany',
    [PARENT]: chance.once(2) ? someAccount(chance) : null,
    primarycontact: layout !== 'two projects' && chance.once(3) ? someContact(chance) : null,
  }
}

export function anyContact(history: History, number: number): FieldValues {
  const { chance } = history
  const key = contactKey(number)
  const name = nextName(history, key)
  return {
    contactnumber: key,
    fullname: chance.once(12) ? `${name} refused` : name,
    [PARENT]: chance.once(2) ? someAccount(chance) : null,
  }
}

function changeSource(history: History, rows: number): void {
  const { chance, world } = history
  for (let row = 0; row < rows; row++) {
    const isAccount = !chance.once(3)
    const number = chance.whole(isAccount ? ACCOUNT_NUMBERS : CONTACT_NUMBERS)
    const entity = isAccount ? 'accounts' : 'contacts'
    const key = isAccount ? accountKey(number) : contactKey(number)
    if (chance.once(9)) {
      if (world.sales.rows(entity).has(key)) world.sales.remove(entity, key)
    } else world.sales.put(entity, [nextRow(history, key, () => (isAccount ? anyAccount : anyContact)(history, number))])
  }
}

async function start(history: History): Promise<void> {
  const { chance, world } = history
  const host = chance.pick(world.hosts)
  const options = {
    trigger: chance.pick(['manual', 'schedule'] as const),
    allData: chance.once(4),
    rewrite: chance.once(10),
  }
  await host.engine.startExecution(chance.pick(world.projects), options).catch((error: unknown) => {
    if (!isAppError(error) || error.code !== 'execution-running') throw error
  })
}

async function cancel(history: History): Promise<void> {
  const { chance, world } = history
  const { engine } = chance.pick(world.hosts)
  const [live] = await engine.listExecutions({ status: ['queued', 'validating', 'running'], limit: 1 })
  if (live === undefined) return
  await engine.cancelExecution(live.id).catch((error: unknown) => {
    if (!isAppError(error) || error.code !== 'execution-finished') throw error
  })
  if (chance.once(3)) return
  await engine.startExecution(live.projectName, { allData: chance.once(3) }).catch((error: unknown) => {
    if (!isAppError(error) || error.code !== 'execution-running') throw error // rows of another project were released just then
  })
}

/** A host hangs, loses its steps to the others, and wakes up some time later. */
async function lose({ chance, world }: History): Promise<void> {
  const host = chance.pick(world.hosts)
  if (host.isFrozen()) return host.thaw()
  host.freeze()
  await world.untilCalls(chance.whole(4))
  await host.loseSteps()
  if (chance.once(2)) return
  await world.untilCalls(chance.whole(30))
  host.thaw()
}

async function replaceHost({ chance, world }: History): Promise<void> {
  const host = chance.pick(world.hosts)
  if (chance.once(2)) await world.openHost()
  await world.closeHost(host)
  if (world.hosts.length < 2) await world.openHost()
}

/** A first load, then `actions` of what can happen, with executions under way nearly all the time. */
export async function playHistory(history: History, actions: number): Promise<void> {
  const { chance, world } = history
  changeSource(history, 60 + chance.whole(120))
  await world.openHost()
  for (let action = 0; action < actions; action++) {
    await start(history)
    await world.untilCalls(chance.whole(60))
    const kind = chance.whole(12)
    if (kind < 5) changeSource(history, 1 + chance.whole(20))
    else if (kind < 7) await cancel(history)
    else if (kind < 9) await lose(history)
    else if (kind < 10) await replaceHost(history)
    else if (kind < 11) world.sales.expireBefore = world.sales.position()
  }
}

/** Mends every row that is bad by itself, and adds every row that another one names. */
export function mendSource({ world, revisions }: History): void {
  const { sales } = world
  const named = (field: string) =>
    [...sales.rows('accounts').values(), ...sales.rows('contacts').values()].flatMap((row) =>
      typeof row[field] === 'string' ? [row[field] as string] : [],
    )
  const mended = (row: FieldValues): FieldValues => ({
    ...row,
    address1_country: 'Germany',
    fullname: `${String(row.fullname).split(' refused')[0]} mended`,
  })
  for (const entity of ['accounts', 'contacts'])
    for (const row of sales.rows(entity).values()) if (isBad(row)) sales.put(entity, [mended(row)])
  const accounts = named(PARENT).filter((key) => !sales.rows('accounts').has(key))
  const contacts = named('primarycontact').filter((key) => !sales.rows('contacts').has(key))
  const added = (key: string) => `${key} r${(revisions.get(key) ?? 0) + 1}`
  for (const key of new Set(accounts))
    sales.put('accounts', [
      { accountnumber: key, name: added(key), creditlimit: '1', address1_country: 'Germany', [PARENT]: null, primarycontact: null },
    ])
  for (const key of new Set(contacts)) sales.put('contacts', [{ contactnumber: key, fullname: added(key), [PARENT]: null }])
}
