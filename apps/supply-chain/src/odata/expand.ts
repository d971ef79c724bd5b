import type { ExpandItem } from '@p2c/odata'
import type { FieldValues } from '../domain/field-value.ts'
import { findEntityByName } from '../entities/catalogue.ts'
import { type Entity, type EntityNavigation, type EntityProperty, propertyOf } from '../entities/entity.ts'
import { columnText, columnType, comparedColumn } from '../store/table-columns.ts'
import { joinKey } from '../store/tracked-row.ts'
import type { DataServices } from './data-context.ts'
import { qualified } from './names.ts'
import { badQuery, type DataResponse, type MetadataLevel } from './response.ts'
import { createRowWriter } from './write-rows.ts'

/** One navigation that a read follows. */
export interface ExpandPlan {
  readonly navigation: EntityNavigation
  readonly target: Entity
  /** Names that the nested `$select` gave. */
  readonly selected?: readonly string[]
  readonly properties: readonly EntityProperty[]
  /** Properties of the source row that lead to the target. */
  readonly sources: readonly string[]
  /** Property pairs, the company included where both sides have one. */
  readonly pairs: readonly { readonly from: string; readonly to: string }[]
}

type Planned = { readonly ok: true; readonly value: ExpandPlan } | { readonly ok: false; readonly response: DataResponse }

/** Checks one item of `$expand`: the first level only, with a nested `$select` and nothing else. */
export function planExpand(entity: Entity, item: ExpandItem): Planned {
  const navigation = entity.navigation.find((each) => each.name === item.navigation)
  const target = navigation === undefined ? undefined : findEntityByName(navigation.entity)
  if (navigation === undefined || target === undefined)
    return { ok: false, response: badQuery(`Could not find a property named '${item.navigation}' on type '${qualified(entity.name)}'.`) }
  const { select, ...others } = item.options
  const [other] = Object.entries(others).filter(([, value]) => value !== undefined)
  if (item.suffix !== undefined || other !== undefined)
    return {
      ok: false,
      response: badQuery(`Inside $expand of '${item.navigation}' only $select is supported, not '${item.suffix ?? `$${other?.[0]}`}'.`),
    }
  const selected = select?.map((each) => each.path)
  const unknown = selected?.find((name) => name !== '*' && propertyOf(target, name) === undefined)
  if (unknown !== undefined)
    return { ok: false, response: badQuery(`Could not find a property named '${unknown}' on type '${qualified(target.name)}'.`) }
  const isAll = selected === undefined || selected.includes('*')
  const properties = isAll ? target.properties : [...new Set(selected)].flatMap((name) => propertyOf(target, name) ?? [])
  const company = entity.isCompanySpecific && target.isCompanySpecific ? [{ from: 'dataAreaId', to: 'dataAreaId' }] : []
  const pairs = [...company, ...navigation.constraints]
  const value = { navigation, target, properties, sources: pairs.map((pair) => pair.from), pairs }
  return { ok: true, value: isAll ? value : { ...value, selected } }
}

interface ExpandInput {
  readonly services: DataServices
  readonly request: { readonly root: string }
  readonly level: MetadataLevel
  readonly companies: readonly string[] | undefined
}

/** For each source row the members of its expanded navigation as JSON; one statement per navigation. */
export async function expandRows(input: ExpandInput, plans: readonly ExpandPlan[], sources: readonly FieldValues[]): Promise<string[]> {
  const members = sources.map(() => '')
  for (const plan of plans) {
    const found = await findTargets(input, plan, sources)
    for (const [index, source] of sources.entries()) {
      const rows = found.get(keyOf(plan, source)) ?? []
      const value = plan.navigation.cardinality === 'Multiple' ? `[${rows.join(',')}]` : (rows[0] ?? 'null')
      members[index] += `,"${plan.navigation.name}":${value}`
    }
  }
  return members
}

const keyOf = (plan: ExpandPlan, source: FieldValues): string => joinKey(plan.pairs.map((pair) => source[pair.from] ?? ''))

async function findTargets(input: ExpandInput, plan: ExpandPlan, sources: readonly FieldValues[]): Promise<ReadonlyMap<string, string[]>> {
  const keys = new Map(sources.map((source) => [keyOf(plan, source), plan.pairs.map((pair) => (source[pair.from] ?? '').toLowerCase())]))
  const compared = plan.pairs.flatMap((pair) => propertyOf(plan.target, pair.to) ?? [])
  const values: unknown[] = compared.map((_, index) => [...keys.values()].map((key) => key[index] ?? ''))
  const unnested = compared.map((property, index) => `$${index + 1}::${columnType(property)}[]`)
  const matches = compared.map((property, index) => `${comparedColumn(property, 't')} = k.k${index}`)
  if (plan.target.companyField !== undefined && input.companies !== undefined) {
    values.push([...input.companies])
    matches.push(`lower(t.data_area_id) = any($${values.length}::text[])`)
  }
  const columns = [
    't.rec_id::text',
    't.rec_version::text',
    ...compared.map((_, index) => `k.k${index}::text`),
    ...plan.properties.map((property) => columnText(property, 't')),
  ]
  const order = plan.target.key.flatMap((name) => propertyOf(plan.target, name) ?? []).map((property) => comparedColumn(property, 't'))
  const text = `select ${columns.join(', ')} from unnest(${unnested.join(', ')}) as k(${compared.map((_, index) => `k${index}`).join(', ')})
    join ${plan.target.storage.readRelation} t on ${matches.join(' and ')} order by ${order.join(', ')}`
  const { rows } = await input.services.database.pool.query<string[]>({ text, values, rowMode: 'array' })
  const writer = createRowWriter({ entity: plan.target, properties: plan.properties, level: input.level, root: input.request.root })
  const found = new Map<string, string[]>()
  for (const row of rows) {
    const key = joinKey(row.slice(2, 2 + compared.length))
    const line = writer.write({ recId: row[0] ?? '', recVersion: row[1] ?? '', values: row.slice(2 + compared.length) })
    found.set(key, [...(found.get(key) ?? []), line])
  }
  return found
}
