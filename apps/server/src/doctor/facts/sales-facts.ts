import { type Fact, unknown } from '../fact.ts'
import { readFact, type SideClient, type SideRow } from '../side-client.ts'
import { readCountryTexts, type SourceText } from './country-texts.ts'
import { readSalesKeys, type SubjectKeys } from './key-values.ts'
import { WEB_API } from './odata-text.ts'
import { isLocalProgram, type ReadContext } from './read-context.ts'

export interface Currency {
  readonly id: string
  readonly code: string
  readonly isActive: boolean
}

export interface PriceList {
  readonly name: string
  readonly isActive: boolean
  readonly currencyId: string
}

export interface Unit {
  readonly name: string
  readonly groupId: string
}

export interface UnitGroup {
  readonly id: string
  readonly name: string
}

export interface SalesTable {
  readonly logicalName: string
  readonly entitySet: string
  readonly changeTracking: boolean
}

/** A business unit with what the team that owns its rows may do; undefined where it has no such team. */
export interface BusinessUnit {
  readonly name: string
  readonly team?: { readonly id: string; readonly privileges: Fact<ReadonlyMap<string, string>> }
}

/** All that is read of Sales, once. */
export interface SalesFacts {
  readonly identity: Fact<{ readonly userId: string }>
  readonly version: Fact<string>
  /** The local application: it has services that the cloud does not offer over its Web API. */
  readonly isLocal: boolean
  readonly organization: Fact<SideRow>
  /** Version of the Prospect to Cash solution; undefined where it is not installed. */
  readonly solution: Fact<string | undefined>
  readonly tables: Fact<readonly SalesTable[]>
  /** Active alternate keys by table. */
  readonly alternateKeys: Fact<Readonly<Record<string, readonly (readonly string[])[]>>>
  readonly businessUnits: Fact<readonly BusinessUnit[]>
  /** Names of the privileges of the integration user with their depth. */
  readonly privileges: Fact<ReadonlyMap<string, string>>
  /** Roles that a team of the integration may be given. */
  readonly roles: Fact<readonly { readonly id: string; readonly name: string }[]>
  readonly currencies: Fact<readonly Currency[]>
  readonly priceLists: Fact<readonly PriceList[]>
  readonly unitGroups: Fact<readonly UnitGroup[]>
  readonly units: Fact<readonly Unit[]>
  /** Entities whose number generator is there and active. */
  readonly numberGenerators: Fact<readonly string[]>
  /** What the upgrade script left undone, in words; empty where nothing. */
  readonly unfinishedUpgrade: Fact<readonly string[]>
  readonly draftProducts: Fact<readonly string[]>
  /** Active quotes and orders without a requested delivery date: the first of them. */
  readonly undatedDocuments: Fact<readonly string[]>
  readonly keys: readonly SubjectKeys[]
  readonly countryTexts: readonly SourceText[]
}

const SOLUTION = 'msdynce_ProspectToCashIntegration'
const ORGANIZATION_COLUMNS =
  'organizationid,name,oobpricecalculationenabled,discountcalculationmethod,quoteprefix,orderprefix,uniquespecifierlength'

/** Reads Sales; what is refused is unknown, with the reason. */
export async function readSalesFacts(context: ReadContext): Promise<SalesFacts> {
  const { client, signal } = context
  const rows = (path: string) => client.rows(`${WEB_API}/${path}`)
  const fact = <Value>(read: () => Promise<Value>) => readFact(read, signal)
  const identity = await fact(async () => ({ userId: String((await client.get(`${WEB_API}/WhoAmI`)).UserId) }))
  if (!identity.known) return unreadableSales(identity.reason)
  const [version, isLocal, organization, solution, tables, alternateKeys] = await Promise.all([
    fact(async () => String((await client.get(`${WEB_API}/RetrieveVersion()`)).Version)),
    isLocalProgram(client, 'sales'),
    fact(async () => (await rows(`organizations?$select=${ORGANIZATION_COLUMNS}`))[0] ?? {}),
    fact(async () => (await rows(`solutions?$select=version&$filter=uniquename eq '${SOLUTION}'`)).map((row) => String(row.version))[0]),
    fact(async () => (await rows('EntityDefinitions?$select=LogicalName,EntitySetName,ChangeTrackingEnabled')).map(toTable)),
    fact(() => readAlternateKeys(context)),
  ])
  return {
    ...{ identity, version, isLocal, organization, solution, tables, alternateKeys },
    ...(await readRights(context, identity.value.userId)),
    ...(await readCatalogue(context)),
    ...(await readUpgrade(context)),
    undatedDocuments: await fact(() => readUndated(client)),
    keys: await readSalesKeys(context),
    countryTexts: await readCountryTexts(context),
  }
}

const toTable = (row: SideRow): SalesTable => ({
  logicalName: String(row.LogicalName),
  entitySet: String(row.EntitySetName ?? ''),
  changeTracking: row.ChangeTrackingEnabled === true,
})

const KEYED_TABLES = ['account', 'contact'] as const

async function readAlternateKeys({ client }: ReadContext): Promise<Readonly<Record<string, readonly (readonly string[])[]>>> {
  const entries = await Promise.all(
    KEYED_TABLES.map(async (table) => {
      const keys = await client.rows(`${WEB_API}/EntityDefinitions(LogicalName='${table}')/Keys?$select=KeyAttributes,EntityKeyIndexStatus`)
      const active = keys.filter((key) => key.EntityKeyIndexStatus === undefined || key.EntityKeyIndexStatus === 'Active')
      return [table, active.map((key) => (Array.isArray(key.KeyAttributes) ? key.KeyAttributes.map(String) : []))] as const
    }),
  )
  return Object.fromEntries(entries)
}

async function readRights(context: ReadContext, userId: string): Promise<Pick<SalesFacts, 'businessUnits' | 'privileges' | 'roles'>> {
  const { client, signal } = context
  const [businessUnits, privileges, roles] = await Promise.all([
    readFact(() => readBusinessUnits(context), signal),
    readFact(() => readPrivileges(client, `systemusers(${userId})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()`), signal),
    readFact(
      async () =>
        (await client.rows(`${WEB_API}/roles?$select=roleid,name`)).map((row) => ({ id: String(row.roleid), name: String(row.name) })),
      signal,
    ),
  ])
  return { businessUnits, privileges, roles }
}

async function readPrivileges(client: SideClient, path: string): Promise<ReadonlyMap<string, string>> {
  const { RolePrivileges: held } = await client.get(`${WEB_API}/${path}`)
  const rows = Array.isArray(held) ? (held as readonly SideRow[]) : []
  return new Map(rows.map((row) => [String(row.PrivilegeName).toLowerCase(), String(row.Depth)]))
}

async function readBusinessUnits({ client, needs, signal }: ReadContext): Promise<readonly BusinessUnit[]> {
  const units = await client.rows(`${WEB_API}/businessunits?$select=businessunitid,name`)
  const teams = await client.rows(`${WEB_API}/teams?$select=teamid,_businessunitid_value&$filter=isdefault eq true`)
  const mapped = new Set(needs.businessUnits.map((name) => name.toLowerCase()))
  return Promise.all(
    units.map(async (unit) => {
      const name = String(unit.name)
      const team = teams.find((one) => one._businessunitid_value === unit.businessunitid)
      if (team === undefined || !mapped.has(name.toLowerCase())) return { name }
      const id = String(team.teamid)
      const privileges = await readFact(
        () => readPrivileges(client, `teams(${id})/Microsoft.Dynamics.CRM.RetrieveTeamPrivileges()`),
        signal,
      )
      return { name, team: { id, privileges } }
    }),
  )
}

async function readCatalogue({
  client,
  signal,
}: ReadContext): Promise<Pick<SalesFacts, 'currencies' | 'priceLists' | 'unitGroups' | 'units' | 'draftProducts'>> {
  const read = <Value>(path: string, toValue: (row: SideRow) => Value) =>
    readFact(async () => (await client.rows(`${WEB_API}/${path}`)).map(toValue), signal)
  const [currencies, priceLists, unitGroups, units, draftProducts] = await Promise.all([
    read('transactioncurrencies?$select=transactioncurrencyid,isocurrencycode,statecode', (row) => ({
      id: String(row.transactioncurrencyid),
      code: String(row.isocurrencycode),
      isActive: row.statecode === 0,
    })),
    read('pricelevels?$select=name,statecode,_transactioncurrencyid_value', (row) => ({
      name: String(row.name),
      isActive: row.statecode === 0,
      currencyId: String(row._transactioncurrencyid_value),
    })),
    read('uomschedules?$select=uomscheduleid,name', (row) => ({ id: String(row.uomscheduleid), name: String(row.name) })),
    read('uoms?$select=name,_uomscheduleid_value', (row) => ({ name: String(row.name), groupId: String(row._uomscheduleid_value) })),
    read('products?$select=productnumber&$filter=msdynce_ismaintainedexternally eq true and statecode eq 2', (row) =>
      String(row.productnumber),
    ),
  ])
  return { currencies, priceLists, unitGroups, units, draftProducts }
}

/** Rows that the upgrade script would have filled: one of each kind is enough to know that it has not run, or not to its end. */
const UNFINISHED: readonly { readonly set: string; readonly filter: string; readonly words: string }[] = [
  { set: 'accounts', filter: 'accountnumber eq null', words: 'accounts without an account number' },
  { set: 'contacts', filter: 'msdynce_contactnumber eq null', words: 'contacts without a contact number' },
  ...['quotes', 'salesorders', 'invoices'].map((set) => ({
    set,
    filter: 'customerid_contact/msdynce_isactivecustomer eq false',
    words: `contacts that have ${set} and are no active customers`,
  })),
]

async function readUpgrade({ client, signal }: ReadContext): Promise<Pick<SalesFacts, 'numberGenerators' | 'unfinishedUpgrade'>> {
  const numberGenerators = await readFact(
    async () =>
      (await client.rows(`${WEB_API}/msdynce_p2cautonumbers?$select=msdynce_entityname,statecode`))
        .filter((row) => row.statecode === 0)
        .map((row) => String(row.msdynce_entityname).toLowerCase()),
    signal,
  )
  const unfinishedUpgrade = await readFact(async () => {
    const found = await Promise.all(
      UNFINISHED.map(async ({ set, filter, words }) =>
        (await client.rows(`${WEB_API}/${set}?$top=1&$filter=${filter}`, 1)).length > 0 ? [words] : [],
      ),
    )
    return found.flat()
  }, signal)
  return { numberGenerators, unfinishedUpgrade }
}

/** Documents that leave for Supply Chain, with their numbers. */
const LEAVING = [
  { set: 'quotes', number: 'quotenumber', filter: 'statecode eq 1' },
  { set: 'salesorders', number: 'ordernumber', filter: 'msdynce_processingstatus eq 647390000' },
] as const

/** More would be a list that nobody reads. */
const MOST_UNDATED = 20

async function readUndated(client: SideClient): Promise<readonly string[]> {
  const found = await Promise.all(
    LEAVING.map(async ({ set, number, filter }) => {
      const path = `${WEB_API}/${set}?$select=${number}&$filter=${filter} and requestdeliveryby eq null&$top=${MOST_UNDATED}`
      return (await client.rows(path, MOST_UNDATED)).map((row) => String(row[number]))
    }),
  )
  return found.flat()
}

/** Nothing can be read: every fact has the reason that the sign-in had. */
export function unreadableSales(reason: string): SalesFacts {
  const none = unknown(reason)
  return {
    ...{ identity: none, version: none, isLocal: false, organization: none, solution: none, tables: none, alternateKeys: none },
    ...{ businessUnits: none, privileges: none, roles: none, currencies: none, priceLists: none, unitGroups: none, units: none },
    ...{ numberGenerators: none, unfinishedUpgrade: none, draftProducts: none, undatedDocuments: none, keys: [], countryTexts: [] },
  }
}
