import { type Fact, unknown } from '../fact.ts'
import { messageOf, notTold, readFact, type SideClient, type SideRow } from '../side-client.ts'
import { type CompanyFacts, readCompany } from './company-facts.ts'
import { readSupplyChainKeys, type SubjectKeys } from './key-values.ts'
import { isLocalProgram, type ReadContext } from './read-context.ts'

export interface BatchJob {
  readonly id: string
  readonly description: string
  readonly jobClass: string
  readonly status: string
  /** Minutes; undefined where the system does not tell. */
  readonly recurrence: number | undefined
}

/** All that is read of Supply Chain, once. */
export interface SupplyChainFacts {
  readonly application: Fact<string>
  readonly platform: Fact<string>
  /** Numbers of installed hotfixes. */
  readonly hotfixes: Fact<readonly string[]>
  readonly isLocal: boolean
  readonly legalEntities: Fact<readonly string[]>
  readonly currencies: Fact<readonly string[]>
  readonly languages: Fact<readonly string[]>
  readonly units: Fact<readonly string[]>
  readonly batchJobs: Fact<readonly BatchJob[]>
  /** Mode by label of the data entity, in lower case; entities that nobody set are tracked as a whole. */
  readonly changeTracking: Fact<ReadonlyMap<string, string>>
  readonly companies: readonly CompanyFacts[]
  readonly keys: readonly SubjectKeys[]
}

const ACTIONS = '/data/DataManagementEntities/Microsoft.Dynamics.DataEntities.'

/**
 * How installed hotfixes are told over the wire: derived, in this function alone. The local application has an action; where a system lacks it, the setting
 * `hotfixes` of its connection says what a person has read on its page of versions.
 */
async function readHotfixes(client: SideClient, said: string | undefined): Promise<readonly string[]> {
  const answer = await client.send('POST', `${ACTIONS}GetInstalledHotfixes`, {})
  if (answer.status !== 200 && said === undefined)
    throw notTold('the system does not tell its hotfixes over its data services, and the setting "hotfixes" of the connection is not set')
  const text = answer.status === 200 ? String(answer.body.value ?? '') : (said ?? '')
  return text.split(/[\s,;]+/).flatMap((number) => (number === '' ? [] : [number.toUpperCase()]))
}

/** Reads Supply Chain; what is refused is unknown, with the reason. */
export async function readSupplyChainFacts(context: ReadContext): Promise<SupplyChainFacts> {
  const { client, signal, needs } = context
  const fact = <Value>(read: () => Promise<Value>) => readFact(read, signal)
  const application = await fact(() => readApplication(client))
  if (!application.known) return unreadableSupplyChain(application.reason)
  const said = needs.set.connections.find((connection) => connection.environmentType === 'AX')?.settings.hotfixes
  const texts = (path: string, field: string) => fact(async () => (await client.rows(`/data/${path}`)).map((row) => String(row[field])))
  const [platform, hotfixes, isLocal, legalEntities, currencies, languages, units, batchJobs, changeTracking] = await Promise.all([
    fact(() => call(client, 'GetPlatformBuildVersion')),
    fact(() => readHotfixes(client, typeof said === 'string' ? said : undefined)),
    isLocalProgram(client, 'supply-chain'),
    texts('LegalEntities?$select=LegalEntityId', 'LegalEntityId'),
    texts('Currencies?$select=CurrencyCode', 'CurrencyCode'),
    texts('Languages?$select=LanguageId', 'LanguageId'),
    texts('UnitsOfMeasure?$select=UnitSymbol', 'UnitSymbol'),
    fact(async () => (await client.rows('/data/BatchJobs')).map(toBatchJob)),
    fact(async () => new Map((await client.rows('/data/EntityChangeTrackings')).map(toTracking))),
  ])
  return {
    ...{ application, platform, hotfixes, isLocal, legalEntities, currencies, languages, units, batchJobs, changeTracking },
    companies: await Promise.all(needs.companies.map((company) => readCompany(context, company))),
    keys: await readSupplyChainKeys(context),
  }
}

async function call(client: SideClient, action: string): Promise<string> {
  const answer = await client.send('POST', `${ACTIONS}${action}`, {})
  if (answer.status === 200 && typeof answer.body.value === 'string') return answer.body.value
  throw notTold(`${action} was refused (${answer.status}): ${messageOf(answer.body)}`)
}

/** The longer of the two that the system tells: `10.0.41` and its build. */
async function readApplication(client: SideClient): Promise<string> {
  const version = await call(client, 'GetApplicationVersion')
  const build = await call(client, 'GetApplicationBuildVersion').catch(() => version)
  return build.startsWith(`${version}.`) && /^\d+(\.\d+)+$/.test(build) ? build : version
}

const toBatchJob = (row: SideRow): BatchJob => ({
  id: String(row.BatchJobRecId ?? ''),
  description: String(row.JobDescription ?? ''),
  jobClass: String(row.JobClass ?? ''),
  status: String(row.Status ?? ''),
  recurrence: typeof row.RecurrenceMinutes === 'number' ? row.RecurrenceMinutes : undefined,
})

const toTracking = (row: SideRow): readonly [string, string] => [String(row.EntityName).toLowerCase(), String(row.TrackingMode)]

/** Nothing can be read: every fact has the reason that the first call had. */
export function unreadableSupplyChain(reason: string): SupplyChainFacts {
  const none = unknown(reason)
  return {
    ...{ application: none, platform: none, hotfixes: none, isLocal: false, legalEntities: none, currencies: none },
    ...{ languages: none, units: none, batchJobs: none, changeTracking: none, companies: [], keys: [] },
  }
}
