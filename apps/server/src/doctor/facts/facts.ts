import type { ConnectedEnvironment, EnvironmentType, Issue } from '@p2c/engine'
import { type Fact, unknown } from '../fact.ts'
import type { Needs } from '../needs.ts'
import { createSideClient, readFact, type SideClient } from '../side-client.ts'
import { quoted, WEB_API } from './odata-text.ts'
import { readSalesFacts, type SalesFacts, unreadableSales } from './sales-facts.ts'
import { readSupplyChainFacts, type SupplyChainFacts, unreadableSupplyChain } from './supply-chain-facts.ts'

export interface HubFacts {
  readonly identity: Fact<string>
  /** Organisations that rows of the hub may belong to, of those that the mappings name. */
  readonly organisations: Fact<readonly string[]>
}

export interface ProjectIssues {
  readonly project: string
  readonly issues: Fact<readonly Issue[]>
}

/** Everything that checks look at: what projects need, and what is there. */
export interface Facts {
  readonly needs: Needs
  readonly sales: SalesFacts
  readonly supplyChain: SupplyChainFacts
  readonly hub: HubFacts
  readonly projects: readonly ProjectIssues[]
}

export interface FactsInput {
  readonly needs: Needs
  /** Address and credentials of each system; a connection that cannot be used says why. */
  readonly environments: Readonly<Partial<Record<EnvironmentType, Fact<ConnectedEnvironment>>>>
  readonly fetch: typeof fetch
  readonly validateProject: (name: string) => Promise<readonly Issue[]>
  readonly signal: AbortSignal
}

/** A client for each system of the set, by its code. */
export type SideClients = Readonly<Partial<Record<EnvironmentType, SideClient>>>

export function clientsOf({ environments, fetch, signal }: Pick<FactsInput, 'environments' | 'fetch' | 'signal'>): SideClients {
  const entries = Object.entries(environments).flatMap(([type, environment]) =>
    environment.known ? [[type, createSideClient({ environment: environment.value, fetch, signal })] as const] : [],
  )
  return Object.fromEntries(entries)
}

/** Reads all sides side by side, each thing once. */
export async function readFacts(input: FactsInput, clients: SideClients): Promise<Facts> {
  const { needs, signal } = input
  const missing = (type: EnvironmentType, system: string): string => {
    const environment = input.environments[type]
    return environment?.known === false ? environment.reason : `connection set '${needs.set.name}' has no connection to ${system}`
  }
  const [sales, supplyChain, hub] = await Promise.all([
    clients.CRM === undefined ? unreadableSales(missing('CRM', 'Sales')) : readSalesFacts({ client: clients.CRM, needs, signal }),
    clients.AX === undefined
      ? unreadableSupplyChain(missing('AX', 'Supply Chain'))
      : readSupplyChainFacts({ client: clients.AX, needs, signal }),
    clients.CDS === undefined ? unreadableHub(missing('CDS', 'the Common Data Service')) : readHub(input, clients.CDS),
  ])
  const away = [sales.identity, supplyChain.application, ...(needs.usesHub ? [hub.identity] : [])].find((fact) => !fact.known)
  return { needs, sales, supplyChain, hub, projects: await readProjects(input, away?.known === false ? away.reason : undefined) }
}

/**
 * What is wrong with the documents of the projects. The engine would ask a system that is away again and again, so nobody is asked where one was found
 * to be.
 */
async function readProjects({ needs, validateProject, signal }: FactsInput, away: string | undefined): Promise<readonly ProjectIssues[]> {
  if (away !== undefined) return needs.projects.map(({ name }) => ({ project: name, issues: unknown(away) }))
  const found: ProjectIssues[] = []
  // One after the other: all of them read the same schemas, which the engine keeps.
  for (const { name } of needs.projects) found.push({ project: name, issues: await readFact(() => validateProject(name), signal) })
  return found
}

const unreadableHub = (reason: string): HubFacts => ({ identity: unknown(reason), organisations: unknown(reason) })

async function readHub({ needs, signal }: FactsInput, client: SideClient): Promise<HubFacts> {
  const identity = await readFact(async () => String((await client.get(`${WEB_API}/WhoAmI`)).UserId), signal)
  const named = organisationsOf(needs)
  const organisations = await readFact(async () => {
    const found = await Promise.all(
      named.map(async (name) =>
        (await client.rows(`${WEB_API}/Organization?$select=organizationid&$filter=organizationid eq ${quoted(name)}`, 1)).length > 0
          ? [name]
          : [],
      ),
    )
    return found.flat()
  }, signal)
  return { identity, organisations }
}

/** The organisations that the mappings of first legs write as constants (templates specification, 8). */
export function organisationsOf(needs: Needs): readonly string[] {
  const constants = needs.legs
    .filter(({ leg }) => leg.destinationEnvironmentType === 'CDS')
    .flatMap(({ leg }) => leg.fieldMappings)
    .filter((mapping) => /organizationid$/i.test(mapping.destinationField ?? ''))
    .flatMap((mapping) => mapping.valueTransforms ?? [])
    .flatMap((transform) => [transform.defaultValue, transform.value])
  return [...new Set(constants.flatMap((value) => (typeof value === 'string' && value !== '' ? [value] : [])))]
}
