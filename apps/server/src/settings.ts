import { keySetting } from '@p2c/base'
import type { EngineOptions } from '@p2c/engine'
import { z } from 'zod'

const MOST_STEPS = 64

/** Steps that one process works on side by side. */
const stepsSetting = (least: number) => z.coerce.number('must be a number').int().min(least).max(MOST_STEPS).default(2)

const sizeSetting = (most: number) => z.coerce.number('must be a number').int().min(1).max(most).optional()

/** How the engine cuts its work (ADR 11), where its own defaults do not fit; the same for every process of an installation. */
const cuttingSettings = {
  P2C_PAGE_SIZE: sizeSetting(50_000),
  P2C_LANES: sizeSetting(64),
  P2C_SPLIT_ROWS: sizeSetting(1_000_000_000),
  P2C_PAGES_PER_RANGE: sizeSetting(10_000),
}

type Cutting = Pick<EngineOptions, 'pageSize' | 'lanes' | 'splitRows' | 'pagesPerRange'>

const toCutting = (env: { readonly [Name in keyof typeof cuttingSettings]?: number | undefined }): Cutting => ({
  ...(env.P2C_PAGE_SIZE !== undefined && { pageSize: env.P2C_PAGE_SIZE }),
  ...(env.P2C_LANES !== undefined && { lanes: env.P2C_LANES }),
  ...(env.P2C_SPLIT_ROWS !== undefined && { splitRows: env.P2C_SPLIT_ROWS }),
  ...(env.P2C_PAGES_PER_RANGE !== undefined && { pagesPerRange: env.P2C_PAGES_PER_RANGE }),
})

/** Settings of a worker beyond those of every program, by their environment variables. */
export const workerSettings = z
  .object({ P2C_PROGRAM_ENCRYPTION_KEY: keySetting, P2C_PROGRAM_WORKERS: stepsSetting(1), ...cuttingSettings })
  .transform((env) => ({ encryptionKey: env.P2C_PROGRAM_ENCRYPTION_KEY, workers: env.P2C_PROGRAM_WORKERS, cutting: toCutting(env) }))

interface HubSettings {
  readonly P2C_PROGRAM_COMMON_DATA_SERVICE_URL?: string | undefined
  readonly P2C_PROGRAM_COMMON_DATA_SERVICE_CLIENT_ID?: string | undefined
  readonly P2C_PROGRAM_COMMON_DATA_SERVICE_CLIENT_SECRET?: string | undefined
}

const HUB_SETTINGS = [
  'P2C_PROGRAM_COMMON_DATA_SERVICE_URL',
  'P2C_PROGRAM_COMMON_DATA_SERVICE_CLIENT_ID',
  'P2C_PROGRAM_COMMON_DATA_SERVICE_CLIENT_SECRET',
] as const

/** The Common Data Service may be left out, but only as a whole. */
function wholeHub(env: HubSettings, context: z.RefinementCtx): void {
  if (HUB_SETTINGS.every((name) => env[name] === undefined)) return
  for (const name of HUB_SETTINGS) {
    if (env[name] === undefined)
      context.addIssue({ code: 'custom', path: [name], message: 'is missing: the other settings of the Common Data Service are there' })
  }
}

const hubOf = (env: HubSettings) => {
  const [url, clientId, clientSecret] = HUB_SETTINGS.map((name) => env[name])
  return url === undefined || clientId === undefined || clientSecret === undefined ? undefined : { url, clientId, clientSecret }
}

/** Settings of the integrator beyond those of every program, by their environment variables. */
export const serverSettings = z
  .object({
    P2C_PROGRAM_SALES_URL: z.url('must be the address of the Sales application'),
    P2C_PROGRAM_SALES_CLIENT_ID: z.string('is missing').min(1),
    P2C_PROGRAM_SALES_CLIENT_SECRET: z.string('is missing').min(1),
    P2C_PROGRAM_SUPPLY_CHAIN_URL: z.url('must be the address of the Supply Chain application'),
    P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_ID: z.string('is missing').min(1),
    P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_SECRET: z.string('is missing').min(1),
    P2C_PROGRAM_COMMON_DATA_SERVICE_URL: z.url('must be the address of the Common Data Service').optional(),
    P2C_PROGRAM_COMMON_DATA_SERVICE_CLIENT_ID: z.string().min(1).optional(),
    P2C_PROGRAM_COMMON_DATA_SERVICE_CLIENT_SECRET: z.string().min(1).optional(),
    P2C_PROGRAM_ENCRYPTION_KEY: keySetting,
    P2C_PROGRAM_WORKERS: stepsSetting(0),
    P2C_PROGRAM_TEMPLATES: z.string('is missing').min(1),
    P2C_PROGRAM_BUSINESS_UNIT: z.string().min(1).default('Prospect to Cash'),
    P2C_PROGRAM_LEGAL_ENTITY: z.string().min(1).default('usmf'),
    ...cuttingSettings,
  })
  .superRefine(wholeHub)
  .transform((env) => ({
    sales: { url: env.P2C_PROGRAM_SALES_URL, clientId: env.P2C_PROGRAM_SALES_CLIENT_ID, clientSecret: env.P2C_PROGRAM_SALES_CLIENT_SECRET },
    supplyChain: {
      url: env.P2C_PROGRAM_SUPPLY_CHAIN_URL,
      clientId: env.P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_ID,
      clientSecret: env.P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_SECRET,
    },
    /** Undefined in an installation without it. */
    commonDataService: hubOf(env),
    encryptionKey: env.P2C_PROGRAM_ENCRYPTION_KEY,
    /** 0: only starts and shows executions; workers elsewhere do them. */
    workers: env.P2C_PROGRAM_WORKERS,
    cutting: toCutting(env),
    templatesFolder: env.P2C_PROGRAM_TEMPLATES,
    organisation: { businessUnit: env.P2C_PROGRAM_BUSINESS_UNIT, legalEntity: env.P2C_PROGRAM_LEGAL_ENTITY },
  }))
