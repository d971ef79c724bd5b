import type { ConnectionSet, EnvironmentType, FieldMapping, Leg, Project, Task } from '@p2c/engine'

/** A leg with the project and task that it belongs to. */
export interface LegUse {
  readonly project: string
  readonly task: Task
  readonly leg: Leg
}

/** What documents the projects of a set move, and which way. */
export interface Movements {
  readonly products: boolean
  readonly quotesToSupplyChain: boolean
  readonly ordersToSupplyChain: boolean
  readonly ordersToSales: boolean
  readonly invoicesToSales: boolean
}

/** What the projects of one connection set need of its systems; worked out from their documents alone. */
export interface Needs {
  readonly set: ConnectionSet
  readonly projects: readonly Project[]
  readonly legs: readonly LegUse[]
  readonly usesHub: boolean
  readonly usesDirect: boolean
  readonly companies: readonly string[]
  readonly businessUnits: readonly string[]
  readonly moves: Movements
  /** Entity sets by system, each once. */
  readonly sources: Readonly<Record<EnvironmentType, readonly string[]>>
  readonly destinations: Readonly<Record<EnvironmentType, readonly string[]>>
  /** Other connection sets with direct projects on the same systems: what they need is not to be changed for this one. */
  readonly sharedWithDirect: readonly string[]
}

export interface NeedsInput {
  readonly set: ConnectionSet
  readonly projects: readonly Project[]
  readonly allSets: readonly ConnectionSet[]
  readonly allProjects: readonly Project[]
}

/** Entity sets of documents, by which movements are told. */
const QUOTES = ['quotes']
const ORDERS = ['salesorders']
const INVOICES = ['invoices']
const PRODUCTS = ['products']

export function needsOf(input: NeedsInput): Needs {
  const { set, projects } = input
  const legs = legsOf(projects)
  const sources = entitiesOf(legs, (leg) => [leg.sourceEnvironmentType, leg.sourceSchema])
  const destinations = entitiesOf(legs, (leg) => [leg.destinationEnvironmentType, leg.destinationSchema])
  const out = (entities: readonly string[]) => sources.CRM.some((entity) => entities.includes(entity.toLowerCase()))
  const back = (entities: readonly string[]) => destinations.CRM.some((entity) => entities.includes(entity.toLowerCase()))
  const pairs = projects.length > 0 ? projects.flatMap((project) => project.organisations) : set.organisations
  return {
    set,
    projects,
    legs,
    usesHub: legs.some(({ leg }) => isHubLeg(leg)),
    usesDirect: legs.some(({ leg }) => !isHubLeg(leg)),
    companies: distinct(pairs.map((pair) => pair.legalEntity)),
    businessUnits: distinct(pairs.map((pair) => pair.businessUnit)),
    moves: {
      products: back(PRODUCTS),
      quotesToSupplyChain: out(QUOTES),
      ordersToSupplyChain: out(ORDERS),
      ordersToSales: back(ORDERS),
      invoicesToSales: back(INVOICES),
    },
    sources,
    destinations,
    sharedWithDirect: directNeighbours(input),
  }
}

const legsOf = (projects: readonly Project[]): readonly LegUse[] =>
  projects.flatMap((project) =>
    project.entityMappingTasks.flatMap((task) => task.legs.map((leg) => ({ project: project.name, task, leg }))),
  )

const isHubLeg = (leg: Leg): boolean => leg.sourceEnvironmentType === 'CDS' || leg.destinationEnvironmentType === 'CDS'

/** Each once, without regard to case, in the spelling that came first. */
export function distinct(texts: readonly string[]): readonly string[] {
  const seen = new Map<string, string>()
  for (const text of texts) if (!seen.has(text.toLowerCase())) seen.set(text.toLowerCase(), text)
  return [...seen.values()]
}

function entitiesOf(
  legs: readonly LegUse[],
  side: (leg: Leg) => readonly [EnvironmentType, string],
): Readonly<Record<EnvironmentType, readonly string[]>> {
  const of = (type: EnvironmentType) => distinct(legs.map(({ leg }) => side(leg)).flatMap(([at, entity]) => (at === type ? [entity] : [])))
  return { CRM: of('CRM'), AX: of('AX'), CDS: of('CDS') }
}

const addressOf = (url: string): string => url.replace(/\/+$/, '').toLowerCase()

function directNeighbours({ set, allSets, allProjects }: NeedsInput): readonly string[] {
  const addresses = new Set(set.connections.map((connection) => addressOf(connection.baseUrl)))
  const isDirect = (name: string) =>
    legsOf(allProjects.filter((project) => project.connectionSetName.toLowerCase() === name.toLowerCase())).some(
      ({ leg }) => !isHubLeg(leg),
    )
  return allSets
    .filter((other) => other.name !== set.name)
    .filter((other) => other.connections.some((connection) => addresses.has(addressOf(connection.baseUrl))))
    .filter((other) => isDirect(other.name))
    .map((other) => other.name)
}

/** A row of a mapping that writes one of the fields named to a system of the type. */
export interface MappingUse extends LegUse {
  readonly mapping: FieldMapping
}

export function mappingsTo(needs: Needs, type: EnvironmentType, fields: readonly string[]): readonly MappingUse[] {
  const wanted = fields.map((field) => field.toLowerCase())
  return needs.legs
    .filter(({ leg }) => leg.destinationEnvironmentType === type)
    .flatMap((use) =>
      use.leg.fieldMappings
        .filter((mapping) => mapping.syncDirection !== 2 && wanted.includes(mapping.destinationField?.toLowerCase() ?? ''))
        .map((mapping) => ({ ...use, mapping })),
    )
}
