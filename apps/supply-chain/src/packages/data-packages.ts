import type { Clock, Database, Ids, Logger } from '@p2c/base'
import { parseJson } from '@p2c/odata'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { findEntityByLabel } from '../entities/catalogue.ts'
import type { Action, ActionTable, ActionType } from '../odata/action-table.ts'
import type { WriteEffects } from '../store/write-effects.ts'
import { type ActionDeps, EXECUTION_ACTIONS, EXPORT_ACTIONS, type PackageAction } from './actions.ts'
import { registerBlobRoutes } from './blob-routes.ts'
import { createBlobStore } from './blob-store.ts'
import { registerExecutionPage } from './execution-page.ts'
import { createExecutionRunner } from './execution-runner.ts'
import { createExecutionStore } from './execution-store.ts'
import { exportFromPackage } from './export-from-package.ts'
import { IMPORT_ACTIONS } from './import-actions.ts'
import { createImportDocuments, createImportRows } from './import-rows.ts'
import { createLanes } from './lanes.ts'
import { packageError } from './package-error.ts'
import type { Execution } from './package-model.ts'
import { registerProjectEntities } from './project-entities.ts'
import { createProjectStore } from './project-store.ts'
import { runExport } from './run-export.ts'
import { runImport } from './run-import.ts'
import { errorBody, type Parameters, refusalText } from './wire.ts'

export interface DataPackageDeps {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  /** Secret under which blob addresses are signed; the same in every process of one application. */
  readonly signingKey: string
  readonly effects: WriteEffects
}

export interface PackageRouteOptions {
  /** Refuses a request without a valid bearer token, by answering it or by throwing. Blob addresses are not asked. */
  readonly authenticate: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>
  /** `https://host`, without a path; default: as the request was addressed. */
  readonly publicRoot?: string
}

/** The data package API. `PACKAGE_MIGRATIONS` must have run. Source: F&O protocol specification, 15, 16, 18. */
export interface DataPackages {
  /** Bound to `DataManagementDefinitionGroups`; they belong into the action table of `/data`. */
  readonly actions: ActionTable
  /** What its actions work on: recurring integrations call them too. */
  readonly parts: ActionDeps
  /** Entities of projects under `/data/DataManagementDefinitionGroupDetails`, and blobs by signed address under `/dmf`. */
  registerRoutes(fastify: FastifyInstance, options: PackageRouteOptions): void
  /**
   * Goes on with the executions that a process left behind when it ended, now and later, and forgets those older than 7 days; call it once at
   * start. Waits for none.
   */
  resume(): Promise<void>
  /** Resolves when nothing runs any more. Call it before the database is closed. */
  stop(): Promise<void>
}

export function createDataPackages({ database, clock, ids, log, signingKey, effects }: DataPackageDeps): DataPackages {
  const projects = createProjectStore(database)
  const executions = createExecutionStore(database, clock)
  const blobs = createBlobStore({ database, clock, ids })
  const writing = { database, clock, effects }
  const importers = { importRows: createImportRows(writing), importDocuments: createImportDocuments(writing) }
  const parts = { database, blobs, projects, executions, findEntityByLabel, ...importers }
  const run = (execution: Execution) => (execution.kind === 'Export' ? runExport(parts, execution) : runImport(parts, execution))
  const runner = createExecutionRunner({ executions, lanes: createLanes(database), log, run, cancelStatements: database.cancelStatements })
  const takeUp = async (): Promise<void> => {
    for (const execution of await executions.listUnfinished()) void runner.start(execution)
  }
  let looking: NodeJS.Timeout | undefined
  const actionDeps: ActionDeps = { ...parts, clock, ids, runner, signingKey }
  return {
    parts: actionDeps,
    actions: Object.entries({ ...EXPORT_ACTIONS, ExportFromPackage: exportFromPackage, ...EXECUTION_ACTIONS, ...IMPORT_ACTIONS }).map(
      ([name, action]) => toAction(actionDeps, name, action),
    ),
    registerRoutes(fastify, { authenticate, publicRoot }) {
      const rootOf = (request: FastifyRequest): string => publicRoot ?? `${request.protocol}://${request.host}`
      fastify.register(async (scope) => {
        scope.addHook('onRequest', authenticate)
        readJsonBodies(scope)
        scope.setErrorHandler((error, _request, reply) => answerRefusal(error, reply))
        registerProjectEntities(scope, { projects, findEntityByLabel, rootOf })
      })
      registerBlobRoutes(fastify, { blobs, clock, signingKey })
      registerExecutionPage(fastify, { executions, clock, signingKey })
    },
    async resume() {
      await executions.deleteOlderThan(HISTORY_DAYS)
      await takeUp()
      const look = (): Promise<void> =>
        takeUp().catch((error: unknown) => log.debug({ err: error }, 'executions that another process left behind could not be looked for'))
      looking = setInterval(look, LOOK_MS).unref()
    },
    async stop() {
      clearInterval(looking)
      await runner.stop()
    },
  }
}

/** How often executions are looked for that another process left behind. */
const LOOK_MS = 5_000

/** Executions are kept as long as their packages (section 15). */
const HISTORY_DAYS = 7

const COLLECTION = 'DataManagementDefinitionGroups'
const text = (name: string) => ({ name, type: 'Edm.String' }) as const
const flag = (name: string) => ({ name, type: 'Edm.Boolean' }) as const

const EXPORT = [text('definitionGroupId'), text('packageName'), text('executionId'), flag('reExecute'), text('legalEntityId')]
const IMPORT = [
  text('packageUrl'),
  text('definitionGroupId'),
  text('executionId'),
  flag('execute'),
  flag('overwrite'),
  text('legalEntityId'),
]
const ENTITY = [text('executionId'), text('entityName')]

/** Parameters of the actions that take other ones than `executionId` alone. Source: section 15. */
const PARAMETERS: Readonly<Record<string, Action['parameters']>> = {
  ExportToPackage: EXPORT,
  ExportToPackageAsync: EXPORT,
  ExportToPackagePreview: [...EXPORT, { name: 'count', type: 'Edm.Int32', isOptional: true }],
  ImportFromPackage: IMPORT,
  ImportFromPackageAsync: IMPORT,
  ExportFromPackage: IMPORT,
  GetAzureWriteUrl: [text('uniqueFileName')],
  GenerateImportTargetErrorKeysFile: ENTITY,
  GetImportTargetErrorKeysFileUrl: ENTITY,
  GetImportStagingErrorFileUrl: ENTITY,
  InitializeDataManagement: [],
  DeleteExecutionHistoryJob: [{ name: 'numberOfDays', type: 'Edm.Int32', isOptional: true }],
}
const EXECUTION = [text('executionId')]

/** Result types other than text; `undefined`: none. */
const RETURN_TYPES: Readonly<Record<string, ActionType | undefined>> = {
  GenerateImportTargetErrorKeysFile: 'Edm.Boolean',
  InitializeDataManagement: undefined,
  DeleteExecutionHistoryJob: undefined,
}

function toAction(deps: ActionDeps, name: string, action: PackageAction): Action {
  const returnType = name in RETURN_TYPES ? RETURN_TYPES[name] : 'Edm.String'
  return {
    name,
    collection: COLLECTION,
    parameters: PARAMETERS[name] ?? EXECUTION,
    ...(returnType !== undefined && { returnType }),
    async run({ parameters, user, baseUrl }) {
      try {
        const value = await action(deps, { root: baseUrl, parameters, user })
        return value === undefined ? { ok: true } : { ok: true, value }
      } catch (error) {
        const infolog = refusalText(error)
        if (infolog === undefined) throw error
        return { ok: false, infolog }
      }
    },
  }
}

/** A body is one JSON object; no body is one without members. */
function readJsonBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 1024 * 1024 }, (_request, body, done) => {
    try {
      done(null, toObject(String(body)))
    } catch (error) {
      done(error as Error)
    }
  })
}

function toObject(body: string): Parameters {
  const value = body.trim() === '' ? {} : parseJson(body, { maxDepth: 16 })
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Parameters
  throw packageError('package-parameter-invalid', 'The request body is not a JSON object.')
}

/** Refusals get the error body of the protocol; what is none goes on to the handler of the application. */
function answerRefusal(error: unknown, reply: FastifyReply): FastifyReply {
  const isJson = error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('json-')
  const message = refusalText(error) ?? (isJson ? error.message : undefined)
  if (message === undefined) throw error
  return reply.code(400).send(errorBody(message, 'Microsoft.OData.ODataException'))
}
