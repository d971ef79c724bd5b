import { fileURLToPath } from 'node:url'
import type { ProgramSettings } from '@p2c/base'
import type { PartSecrets, Secrets } from './secrets.ts'

/** The programs that are started as children; the Common Data Service may be left out. */
export const PROGRAM_PARTS = ['sales', 'supply-chain', 'common-data-service', 'server'] as const
export type ProgramPart = (typeof PROGRAM_PARTS)[number]

/** Every program of ours that runs as a child: those of an installation, and the worker that joins one from another host. */
export type ChildPart = ProgramPart | 'worker'

/** The parts of an installation, as they are reported. */
export type Part = 'database' | ChildPart

export interface ProgramPaths {
  readonly programs: Readonly<Record<ChildPart, string>>
  /** Folder of the published templates. */
  readonly templates: string
}

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Paths, not package names: this package may not import the programs that it starts. */
export const PROGRAM_PATHS: ProgramPaths = {
  programs: {
    sales: fromHere('../../../sales/src/main.ts'),
    'supply-chain': fromHere('../../../supply-chain/src/main.ts'),
    'common-data-service': fromHere('../../../common-data-service/src/main.ts'),
    server: fromHere('../../../server/src/main.ts'),
    worker: fromHere('../../../server/src/worker.ts'),
  },
  templates: fromHere('../../../../templates'),
}

/** Distance of each port from the port base, and the name that people read. */
export const PORT_OFFSETS: Readonly<Record<ProgramPart, number>> = {
  server: 0,
  sales: 10,
  'supply-chain': 20,
  'common-data-service': 30,
}
export const PART_NAMES: Readonly<Record<Part, string>> = {
  database: 'PostgreSQL',
  sales: 'Sales',
  'supply-chain': 'Supply Chain',
  'common-data-service': 'the Common Data Service',
  server: 'the integrator',
  worker: 'the worker',
}

/** Addresses of the running programs, without a slash at the end. */
export interface InstallationUrls {
  readonly server: string
  readonly sales: string
  readonly supplyChain: string
  /** Absent where the installation runs without it. */
  readonly commonDataService?: string
}

/** What a program is called among addresses and secrets. */
export const PART_KEYS = {
  sales: 'sales',
  'supply-chain': 'supplyChain',
  'common-data-service': 'commonDataService',
  server: 'server',
} as const satisfies Readonly<Record<ProgramPart, keyof InstallationUrls & keyof Secrets>>

const DATABASE_ENDINGS: Readonly<Record<ProgramPart, string>> = {
  sales: 'sales',
  'supply-chain': 'supply_chain',
  'common-data-service': 'cds',
  server: 'integrator',
}

/** `p2c_sales`, `p2c_supply_chain`, `p2c_cds`, `p2c_integrator`. */
export const databaseName = (prefix: string, part: ProgramPart): string => `${prefix}_${DATABASE_ENDINGS[part]}`

export type Environment = Readonly<Record<string, string | undefined>>

/** Environment of the caller without what is set for programs: a value meant for another program must not reach this one. */
export const inherited = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^P2C_(PROGRAM_|DATABASE_|ENCRYPTION_KEY$)/.test(name)))

/** The settings that every program gets, by the names that `programSettings` reads. */
export const commonEnvironment = (
  settings: Pick<ProgramSettings, 'host' | 'port' | 'databaseUrl'> & { readonly secrets: PartSecrets },
): Environment => ({
  P2C_PROGRAM_PORT: String(settings.port),
  P2C_PROGRAM_HOST: settings.host,
  P2C_PROGRAM_DATABASE_URL: settings.databaseUrl,
  P2C_PROGRAM_CLIENT_ID: settings.secrets.clientId,
  P2C_PROGRAM_CLIENT_SECRET: settings.secrets.clientSecret,
  P2C_PROGRAM_TOKEN_KEY: settings.secrets.tokenKey,
})

/** All that a worker gets. */
export const workerEnvironment = (
  settings: Pick<ProgramSettings, 'host' | 'port' | 'databaseUrl'> & {
    readonly encryptionKey: string
    readonly workers?: number | undefined
  },
): Environment => ({
  P2C_PROGRAM_PORT: String(settings.port),
  P2C_PROGRAM_HOST: settings.host,
  P2C_PROGRAM_DATABASE_URL: settings.databaseUrl,
  P2C_PROGRAM_ENCRYPTION_KEY: settings.encryptionKey,
  ...(settings.workers !== undefined && { P2C_PROGRAM_WORKERS: String(settings.workers) }),
})

/** What the integrator gets beyond that: the applications with a client for each, its key, the templates. */
export function serverEnvironment(urls: Omit<InstallationUrls, 'server'>, secrets: Required<Secrets>, templates: string): Environment {
  return {
    ...(urls.commonDataService !== undefined && {
      P2C_PROGRAM_COMMON_DATA_SERVICE_URL: urls.commonDataService,
      P2C_PROGRAM_COMMON_DATA_SERVICE_CLIENT_ID: secrets.commonDataService.clientId,
      P2C_PROGRAM_COMMON_DATA_SERVICE_CLIENT_SECRET: secrets.commonDataService.clientSecret,
    }),
    P2C_PROGRAM_SALES_URL: urls.sales,
    P2C_PROGRAM_SALES_CLIENT_ID: secrets.sales.clientId,
    P2C_PROGRAM_SALES_CLIENT_SECRET: secrets.sales.clientSecret,
    P2C_PROGRAM_SUPPLY_CHAIN_URL: urls.supplyChain,
    P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_ID: secrets.supplyChain.clientId,
    P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_SECRET: secrets.supplyChain.clientSecret,
    P2C_PROGRAM_ENCRYPTION_KEY: secrets.encryptionKey,
    P2C_PROGRAM_TEMPLATES: templates,
  }
}
