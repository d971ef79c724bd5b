import { createHash } from 'node:crypto'
import { AppError, type Database, type SqlRunner } from '@p2c/base'
import { emptyValue } from '../domain/field-value.ts'
import { TABLES, type Table } from '../entities/catalogue.ts'
import { FURTHER_INDEXES, type FurtherIndex, NUMBERED_LATER } from './indexes.ts'
import { runChangeSet } from './run-change-set.ts'
import { columnDefinition, columnType, comparedColumn, tableProperty } from './table-columns.ts'
import { VIEWS } from './views/views.ts'

/** Two programs that start at once take turns. */
const SCHEMA_LOCK = 7_204_320

/** Record ids begin where those of a new environment do. */
const FIRST_RECORD_ID = '5637144576'

/**
 * Columns of every table beside its properties. `change_xid` is the transaction that wrote the row last: a reader of changes
 * takes only rows below the oldest transaction that still runs, so that a late commit is never skipped.
 */
const SYSTEM_DEFINITIONS = [
  `rec_id bigint primary key default nextval('record_id')`,
  'rec_version bigint not null default 1',
  'change_xid xid8 not null default pg_current_xact_id()',
  'created_at timestamptz not null default now()',
  'modified_at timestamptz not null default now()',
]

/**
 * Brings the database to the described tables: adds what is missing, changes and drops nothing. Views are made anew. A database that is
 * there already is left alone: another process may be at work on it, and views cannot be replaced under its hands without making it wait.
 * Safe to call at every start and from several programs at once. Throws `schema-type-changed` where a column has another type.
 */
export async function prepareSchema(database: Database): Promise<void> {
  const digest = createHash('sha256')
    .update([...TABLES.map(createTable), ...TABLES.flatMap(indexStatements), ...VIEW_STATEMENTS].join(';\n'))
    .digest('hex')
  if ((await readAppliedSchema(database)) === digest) return
  // Repeated where it and the work of another process stood in each other's way.
  await runChangeSet(database, async (sql) => {
    await sql.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK])
    if ((await readAppliedSchema(sql)) === digest) return
    await sql.query(`create sequence if not exists record_id start ${FIRST_RECORD_ID}`)
    const known = await readColumns(sql)
    // One round trip for all statements: a start, and each test, waits for this.
    const statements = TABLES.flatMap((table) => tableStatements(table, known.get(table.relation)))
    await sql.query([...statements, ...TABLES.flatMap(indexStatements), ...VIEW_STATEMENTS, ...appliedStatements(digest)].join(';\n'))
  })
}

const VIEW_STATEMENTS = [
  ...[...VIEWS].reverse().map((view) => `drop view if exists ${view.name}`),
  ...VIEWS.map((view) => `create view ${view.name} as ${view.sql}`),
]

/** The description to which the database was brought last; undefined where it was never brought to one. */
async function readAppliedSchema(sql: SqlRunner): Promise<string | undefined> {
  const known = await sql.query<{ there: boolean }>("select to_regclass('applied_schema') is not null as there")
  if (known.rows[0]?.there !== true) return undefined
  return (await sql.query<{ digest: string }>('select digest from applied_schema')).rows[0]?.digest
}

const appliedStatements = (digest: string): string[] => [
  'create table if not exists applied_schema (only_row boolean primary key default true check (only_row), digest text not null)',
  `insert into applied_schema (digest) values ('${digest}') on conflict (only_row) do update set digest = excluded.digest`,
]

async function readColumns(sql: SqlRunner): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const { rows } = await sql.query<{ table_name: string; column_name: string; udt_name: string }>(
    'select table_name, column_name, udt_name from information_schema.columns where table_schema = current_schema()',
  )
  const tables = new Map<string, Map<string, string>>()
  for (const row of rows) {
    const columns = tables.get(row.table_name) ?? new Map<string, string>()
    tables.set(row.table_name, columns.set(row.column_name, row.udt_name))
  }
  return tables
}

function createTable(table: Table): string {
  const columns = [...table.properties.values()].map((property) => columnDefinition(property, emptyValue(property)))
  return `create table ${table.relation} (${[...SYSTEM_DEFINITIONS, ...columns].join(', ')})`
}

/** Names that PostgreSQL gives to the types we use, where they differ from what we write. */
const TYPE_NAMES: Readonly<Record<string, string>> = { integer: 'int4', bigint: 'int8' }

const tableStatements = (table: Table, known: ReadonlyMap<string, string> | undefined): string[] =>
  known === undefined ? [createTable(table)] : missingColumns(table, known)

function missingColumns(table: Table, known: ReadonlyMap<string, string>): string[] {
  return [...table.properties.values()].flatMap((property) => {
    const stored = known.get(property.column)
    const wanted = TYPE_NAMES[columnType(property)] ?? columnType(property)
    if (stored === undefined) return [`alter table ${table.relation} add column ${columnDefinition(property, emptyValue(property))}`]
    if (stored === wanted) return []
    throw new AppError({
      category: 'schema',
      code: 'schema-type-changed',
      message: `Column ${table.relation}.${property.column} is ${stored}, but ${wanted} is described. Write a migration for it.`,
    })
  })
}

/**
 * One index per key and per further field. Only that of the first key begins with the company: while a table has no statistics every index
 * that begins with it looks as good as the right one, and a look-up of one row would read all rows of the company.
 */
function indexStatements(table: Table): string[] {
  const [first = [], ...others] = table.entities.map((entity) => entity.key)
  const further: readonly FurtherIndex[] = [
    ...others.filter((key) => key.join() !== first.join()).map((fields) => ({ fields, isUnique: true })),
    ...(FURTHER_INDEXES[table.relation] ?? []),
  ]
  const wanted: readonly FurtherIndex[] = [
    { fields: first, isUnique: true },
    ...further.map((index) => ({ ...index, fields: companyLast(index.fields) })),
  ]
  const indexName = (fields: readonly string[]) =>
    `${table.relation}_${fields.map((field) => tableProperty(table, field).column).join('_')}`.slice(0, 60)
  // Those of an installation that was made when they began with the company, or held all rows.
  const replaced = further
    .filter(({ fields }) => fields[0] === 'dataAreaId')
    .flatMap(({ fields, isOfFilled }) => [fields, ...(isOfFilled === true ? [companyLast(fields)] : [])])
    .map((fields) => `drop index if exists ${indexName(fields)}`)
  const statements = wanted.flatMap(({ fields, isUnique, isOfFilled }) => {
    const columns = fields.map((name) => comparedColumn(tableProperty(table, name))).join(', ')
    const name = indexName(fields)
    if (isOfFilled === true) {
      const filled = `${tableProperty(table, fields[0] ?? '').column} <> ''`
      return [`create index if not exists ${name}_filled on ${table.relation} (${columns}) where ${filled}`]
    }
    const later = fields.find((field) => field === NUMBERED_LATER[table.relation])
    if (later === undefined) return [`create ${isUnique ? 'unique ' : ''}index if not exists ${name} on ${table.relation} (${columns})`]
    // A look-up by the whole key cannot use an index that leaves rows out, so there are two.
    const isNumbered = `${tableProperty(table, later).column} <> 0`
    return [
      `create index if not exists ${name} on ${table.relation} (${columns})`,
      `create unique index if not exists ${table.relation}_numbered on ${table.relation} (${columns}) where ${isNumbered}`,
    ]
  })
  return [...new Set([...replaced, ...statements, `create index if not exists ${table.relation}_change on ${table.relation} (change_xid)`])]
}

const companyLast = (fields: readonly string[]): readonly string[] =>
  fields[0] === 'dataAreaId' ? [...fields.slice(1), 'dataAreaId'] : fields
