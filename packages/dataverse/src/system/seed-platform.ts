import type { Database } from '@p2c/base'
import { seedDuplicateRules } from '../duplicates/default-rules.ts'
import type { ColumnValue, Row } from '../model/plugin.ts'
import { type Model, tableOf } from '../model/resolved-model.ts'
import { arrayLiteral } from '../storage/column-sql.ts'
import { insertRows } from '../storage/row-statements.ts'
import { defaultViews } from './query-tables.ts'
import { applicationIdOf, stableId } from './stable-id.ts'

export interface CurrencySeed {
  readonly id?: string
  readonly code: string
  readonly name: string
  readonly symbol: string
  readonly precision: number
}

/** Who and what a new environment has from the start. Ids may be fixed; else they are made of the names. */
export interface SeedIdentity {
  readonly organizationName: string
  readonly organizationId?: string
  readonly baseCurrency: CurrencySeed
  /** The root business unit is named like the organisation. */
  readonly rootBusinessUnitId?: string
  readonly defaultTeamId?: string
  readonly administrator: { readonly id?: string; readonly name: string }
  /** One user per client that may sign in. */
  readonly applicationUsers: readonly {
    readonly clientId: string
    readonly id?: string
    readonly name: string
    /** Names of its roles; absent: System Administrator. */
    readonly roles?: readonly string[]
  }[]
  /** Names of the roles of the root unit's default team; absent: none, so that it can own nothing. */
  readonly defaultTeamRoles?: readonly string[]
  /** Values of further organisation columns. */
  readonly organizationSettings?: Readonly<Record<string, ColumnValue>>
}

interface SeedIds {
  readonly organization: string
  readonly unit: string
  readonly team: string
  readonly currency: string
  readonly administrator: string
  readonly role: string
}

/** Makes the rows that every environment has, where they are missing: privileges and roles follow them. Returns the organisation's id. */
export async function seedPlatform(
  database: Database,
  at: { readonly model: Model; readonly now: string; readonly seed: SeedIdentity },
): Promise<string> {
  const { model, seed } = at
  const known = await database.query<{ id: string }>('select organizationid as id from organization order by createdon limit 1')
  const organization = known.rows[0]?.id ?? seed.organizationId ?? stableId('organization', seed.organizationName)
  const ids: SeedIds = {
    organization,
    unit: seed.rootBusinessUnitId ?? stableId('businessunit', organization),
    team: seed.defaultTeamId ?? stableId('team', organization),
    currency: seed.baseCurrency.id ?? stableId('transactioncurrency', seed.baseCurrency.code),
    administrator: seed.administrator.id ?? stableId('systemuser', seed.administrator.name),
    role: stableId('role', 'System Administrator', organization),
  }
  await database.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock(7204313)')
    for (const [name, rows] of [...seedRows(seed, ids), ...messageRows(model), ...viewRows(model)]) {
      const table = tableOf(model, name)
      const audit = {
        createdon: at.now,
        modifiedon: at.now,
        createdby: reference('systemuser', ids.administrator),
        modifiedby: reference('systemuser', ids.administrator),
      }
      await insertMissing(sql, { table: name, model, rows: rows.map((row) => ({ ...defaultsOf(table.columns), ...row, ...audit })) })
    }
    await seedDuplicateRules(sql, { model, idOf: stableId, audit: ownedBy(ids, at.now) })
  })
  return organization
}

const reference = (table: string, id: string): ColumnValue => ({ table, id })
export const userId = (user: SeedIdentity['applicationUsers'][number]): string => user.id ?? stableId('systemuser', user.clientId)

/** Author, time and owner of rows that belong to the administrator. */
function ownedBy(ids: SeedIds, now: string): Row {
  const user = reference('systemuser', ids.administrator)
  return {
    createdon: now,
    modifiedon: now,
    createdby: user,
    modifiedby: user,
    ownerid: user,
    owninguser: user,
    owningbusinessunit: reference('businessunit', ids.unit),
  }
}

const defaultsOf = (columns: readonly { readonly name: string; readonly definition: object }[]): Row =>
  Object.fromEntries(
    columns.flatMap((column) => ('default' in column.definition ? [[column.name, column.definition.default as ColumnValue]] : [])),
  )

type SeedGroup = readonly [table: string, rows: readonly Row[]]

function seedRows(seed: SeedIdentity, ids: SeedIds): readonly SeedGroup[] {
  const unit = reference('businessunit', ids.unit)
  return [
    ['transactioncurrency', [currencyRow(seed, ids)]],
    ['organization', [organizationRow(seed, ids)]],
    [
      'businessunit',
      [
        {
          businessunitid: ids.unit,
          name: seed.organizationName,
          organizationid: reference('organization', ids.organization),
          isdisabled: false,
        },
      ],
    ],
    ['systemuser', userRows(seed, ids)],
    [
      'team',
      [
        {
          teamid: ids.team,
          name: seed.organizationName,
          businessunitid: unit,
          administratorid: reference('systemuser', ids.administrator),
          isdefault: true,
          teamtype: 0,
          systemmanaged: true,
        },
      ],
    ],
    ['role', [{ roleid: ids.role, name: 'System Administrator', businessunitid: unit }]],
  ]
}

const currencyRow = ({ baseCurrency }: SeedIdentity, ids: SeedIds): Row => ({
  transactioncurrencyid: ids.currency,
  currencyname: baseCurrency.name,
  isocurrencycode: baseCurrency.code,
  currencysymbol: baseCurrency.symbol,
  currencyprecision: baseCurrency.precision,
  exchangerate: '1',
  statecode: 0,
  statuscode: 1,
})

const organizationRow = (seed: SeedIdentity, ids: SeedIds): Row => ({
  organizationid: ids.organization,
  name: seed.organizationName,
  basecurrencyid: reference('transactioncurrency', ids.currency),
  basecurrencyprecision: seed.baseCurrency.precision,
  basecurrencysymbol: seed.baseCurrency.symbol,
  ...seed.organizationSettings,
})

function userRows(seed: SeedIdentity, ids: SeedIds): readonly Row[] {
  const person = (row: Row): Row => ({ businessunitid: reference('businessunit', ids.unit), isdisabled: false, accessmode: 0, ...row })
  const { name } = seed.administrator
  return [
    person({ systemuserid: ids.administrator, fullname: name, domainname: name, lastname: name }),
    ...seed.applicationUsers.map((user) =>
      person({
        systemuserid: userId(user),
        fullname: user.name,
        domainname: user.clientId,
        lastname: user.name,
        applicationid: applicationIdOf(user.clientId),
        isintegrationuser: true,
        accessmode: 4,
      }),
    ),
  ]
}

/** Messages that `sdkmessagefilters` lists for each table; `UpsertMultiple` is not listed (wire specification 14). */
const LISTED_MESSAGES = [
  'Create',
  'Retrieve',
  'RetrieveMultiple',
  'Update',
  'Delete',
  'CreateMultiple',
  'UpdateMultiple',
  'Assign',
  'SetState',
]

function messageRows(model: Model): readonly (readonly [string, readonly Row[]])[] {
  if (!model.tables.has('sdkmessage')) return []
  const messages = LISTED_MESSAGES.map((name): Row => ({ sdkmessageid: stableId('sdkmessage', name), name }))
  const filters = LISTED_MESSAGES.flatMap((name) =>
    [...model.tables.keys()].map(
      (table): Row => ({
        sdkmessagefilterid: stableId('sdkmessagefilter', name, table),
        primaryobjecttypecode: table,
        sdkmessageid: reference('sdkmessage', stableId('sdkmessage', name)),
      }),
    ),
  )
  return [
    ['sdkmessage', messages],
    ['sdkmessagefilter', filters],
  ]
}

const viewRows = (model: Model): readonly SeedGroup[] => (model.tables.has('savedquery') ? [['savedquery', defaultViews(model)]] : [])

/** Inserts the rows whose key is not there yet. */
export async function insertMissing(
  sql: Parameters<typeof insertRows>[0],
  at: { readonly model: Model; readonly table: string; readonly rows: readonly Row[] },
): Promise<void> {
  const table = tableOf(at.model, at.table)
  const ids = at.rows.map((row) => String(row[table.primaryId.name]))
  const known = await sql.query<{ id: string }>(
    `select ${table.primaryId.sql} as id from ${table.sql} where ${table.primaryId.sql} = any($1::uuid[])`,
    [arrayLiteral(ids)],
  )
  const existing = new Set(known.rows.map((row) => row.id))
  const missing = at.rows.filter((row) => !existing.has(String(row[table.primaryId.name])))
  if (missing.length > 0) await insertRows(sql, table, missing)
}
