import { readFileSync } from 'node:fs'
import { silentLogger, systemClock, type TestScope } from '@p2c/base'
import { createSalesConnector } from '@p2c/connectors'
import {
  type Connector,
  type EntitySchema,
  type FieldValues,
  type Leg,
  mapExample,
  parseTemplate,
  type Task,
  type Template,
} from '@p2c/engine'
import { TWO_HOP_INTEGRATION_KEYS } from '../../../apps/server/src/setup/two-hop-set-up.ts'
import { startCommonDataServiceApplication, startSales, startSupplyChain } from '../../support/connected-applications.ts'

/** Templates of the older generation by their ids (templates specification, section 1). */
const FILES = {
  H1: 'accounts-sales-to-supply-chain',
  H2: 'contacts-sales-to-supply-chain',
  H3: 'contacts-to-customer-sales-to-supply-chain',
  H4: 'products-supply-chain-to-sales',
  H5: 'sales-quotes-sales-to-supply-chain',
  H6: 'sales-orders-supply-chain-to-sales',
  H7: 'sales-invoices-supply-chain-to-sales',
  H8: 'sales-orders-sales-to-supply-chain',
} as const
export type TwoHopId = keyof typeof FILES
export const TWO_HOP_IDS = Object.keys(FILES) as TwoHopId[]

/** A shipped template, as the engine reads it. */
export const readTwoHop = (id: TwoHopId): Template =>
  parseTemplate(JSON.parse(readFileSync(new URL(`../../../templates/${FILES[id]}-two-hop.json`, import.meta.url), 'utf8')))

const endsOf = (leg: Leg) =>
  [
    [leg.sourceEnvironmentType, leg.sourceSchema],
    [leg.destinationEnvironmentType, leg.destinationSchema],
  ] as const

/** The three sides as their own metadata describe them, and rows on their way through the hub. */
export interface TwoHopSides {
  connectorOf(environmentType: string): Connector
  /** Throws for an entity that no two-hop template has. */
  schemaOf(environmentType: string, entity: string): EntitySchema
  /**
   * A row as it stands in the hub, which adds `kept` to what it was given, and as it leaves; instead of a row that was refused its code and field,
   * and nothing behind it.
   */
  throughHub(id: TwoHopId, task: number, values: FieldValues, kept?: FieldValues): readonly [inHub: FieldValues, written: FieldValues]
}

/** Reads the schemas of everything that the two-hop templates name; the applications are stopped when it returns. */
export async function describeTwoHopSides(): Promise<TwoHopSides> {
  const ends: (() => Promise<void>)[] = []
  const scope: TestScope = { onTestFinished: (end) => void ends.push(async () => void (await end())) }
  const schemas = new Map<string, EntitySchema>()
  try {
    const sides = await startSides(scope)
    for (const [type, entity] of TWO_HOP_IDS.flatMap((id) => readTwoHop(id).entityMappingTasks.flatMap(({ legs }) => legs)).flatMap(endsOf))
      schemas.set(`${type} ${entity}`, await sides[type].describeEntity(entity, new AbortController().signal))
    const schemaOf = (type: string, entity: string) => found(schemas.get(`${type} ${entity}`), `schema of ${type} ${entity}`)
    return {
      connectorOf: (type) => found(Object.entries(sides).find(([known]) => known === type)?.[1], type),
      schemaOf,
      throughHub: (id, index, values, kept = {}) => {
        const task = found(readTwoHop(id).entityMappingTasks[index], `task ${index} of ${id}`)
        const inHub = { ...mapLeg(task, 0, { values, schemaOf }), ...kept }
        return [inHub, 'code' in inHub ? {} : mapLeg(task, 1, { values: inHub, schemaOf })]
      },
    }
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

async function startSides(scope: TestScope): Promise<Readonly<Record<'CRM' | 'AX' | 'CDS', Connector>>> {
  const [CRM, AX, hub] = await Promise.all([startSales(scope), startSupplyChain(scope), startCommonDataServiceApplication(scope)])
  const CDS = createSalesConnector({ ...hub, root: hub.url, environmentType: 'CDS', clock: systemClock, log: silentLogger })
  scope.onTestFinished(() => CDS.close())
  return { CRM, AX, CDS }
}

function mapLeg(
  task: Task,
  index: number,
  { values, schemaOf }: { readonly values: FieldValues } & Pick<TwoHopSides, 'schemaOf'>,
): FieldValues {
  const leg = found(task.legs[index], `leg ${index} of ${task.name}`)
  const facts = {
    sourceSchema: schemaOf(leg.sourceEnvironmentType, leg.sourceSchema),
    destinationSchema: schemaOf(leg.destinationEnvironmentType, leg.destinationSchema),
    integrationKeys: TWO_HOP_INTEGRATION_KEYS,
  }
  const result = mapExample({ ...task, legs: [leg] }, facts, values)
  return result.ok ? result.row.values : { code: result.failure.code, field: String(result.failure.details?.field) }
}

function found<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`there is no ${name}`)
  return value
}
