/** From `from` (included) to `before` (excluded); an absent bound is open. */
export interface Period {
  readonly from?: Date
  readonly before?: Date
}

/** A period that a query function names; `needsCount` where the `X` of its name is an argument. */
export interface NamedPeriod {
  readonly needsCount: boolean
  readonly range: (now: Date, count: number) => Period
}

type Unit = 'Minute' | 'Hour' | 'Day' | 'Week' | 'Month' | 'Year'

const FIXED_MS: Readonly<Partial<Record<Unit, number>>> = { Minute: 60_000, Hour: 3_600_000, Day: 86_400_000, Week: 7 * 86_400_000 }

/** Begin of the unit that `date` lies in, in UTC; weeks begin on Sunday. */
function startOf(unit: Unit, date: Date): Date {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  if (unit === 'Year') return new Date(Date.UTC(year, 0, 1))
  if (unit === 'Month') return new Date(Date.UTC(year, month, 1))
  if (unit === 'Week') return new Date(Date.UTC(year, month, day - date.getUTCDay()))
  if (unit === 'Day') return new Date(Date.UTC(year, month, day))
  const width = FIXED_MS[unit] ?? 1
  return new Date(Math.floor(date.getTime() / width) * width)
}

/** `count` units later; the last day of a month stays a last day (31 January plus a month is 28 or 29 February). */
function plus(date: Date, count: number, unit: Unit): Date {
  const width = FIXED_MS[unit]
  if (width !== undefined) return new Date(date.getTime() + count * width)
  const months = unit === 'Year' ? count * 12 : count
  const target = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1))
  const lastDay = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate()
  target.setUTCDate(Math.min(date.getUTCDate(), lastDay))
  return new Date(target.getTime() + (date.getTime() - startOf('Day', date).getTime()))
}

/** The whole unit that lies `offset` units from now: -1 last week, 0 this month, 1 next year. */
const whole = (unit: Unit, offset: number): NamedPeriod => ({
  needsCount: false,
  range: (now) => {
    const from = plus(startOf(unit, now), offset, unit)
    return { from, before: plus(from, 1, unit) }
  },
})

/** Hours count from the full hour, longer units from midnight, back from now or ahead of now; now itself is inside. */
const last = (unit: Unit, fixed?: number): NamedPeriod => ({
  needsCount: fixed === undefined,
  range: (now, count) => ({
    from: plus(startOf(unit === 'Hour' ? 'Hour' : 'Day', now), -(fixed ?? count), unit),
    before: new Date(now.getTime() + 1),
  }),
})

const next = (unit: Unit, fixed?: number): NamedPeriod => ({
  needsCount: fixed === undefined,
  range: (now, count) => {
    const grain: Unit = unit === 'Hour' ? 'Hour' : 'Day'
    return { from: now, before: plus(plus(startOf(grain, now), fixed ?? count, unit), 1, grain) }
  },
})

const olderThan = (unit: Unit): NamedPeriod => ({
  needsCount: true,
  range: (now, count) => ({ before: plus(unit === 'Hour' || unit === 'Minute' ? now : startOf('Day', now), -count, unit) }),
})

const SINGLE: Readonly<Record<string, NamedPeriod>> = {
  Today: whole('Day', 0),
  Yesterday: whole('Day', -1),
  Tomorrow: whole('Day', 1),
  Last7Days: last('Day', 7),
  Next7Days: next('Day', 7),
}

const OFFSETS: Readonly<Record<string, number>> = { Last: -1, This: 0, Next: 1 }

/** The period behind a query function's name (wire specification 11.2); undefined where the name is another function's. */
export function namedPeriod(name: string): NamedPeriod | undefined {
  if (Object.hasOwn(SINGLE, name)) return SINGLE[name]
  const unit = /^(Last|This|Next)(Week|Month|Year)$/.exec(name)
  if (unit !== null) return whole(unit[2] as Unit, OFFSETS[unit[1] ?? ''] ?? 0)
  const counted = /^(LastX|NextX|OlderThanX)(Minute|Hour|Day|Week|Month|Year)s$/.exec(name)
  if (counted === null) return undefined
  const unitName = counted[2] as Unit
  if (counted[1] === 'OlderThanX') return olderThan(unitName)
  if (unitName === 'Minute') return undefined
  return counted[1] === 'LastX' ? last(unitName) : next(unitName)
}
