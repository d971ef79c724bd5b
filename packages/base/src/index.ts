export { AppError, type AppErrorFacts, ERROR_CATEGORIES, type ErrorCategory, isAppError, toAppError } from './app-error.ts'
export { type Clock, createManualClock, type ManualClock, systemClock } from './clock.ts'
export { type ConnectionLimits, type ConnectionOptions, connectionSettings, WORKER_LIMITS } from './connection-settings.ts'
export {
  checkMigrations,
  type Database,
  type DatabaseOptions,
  type Migration,
  migrate,
  openDatabase,
  type SqlRunner,
  type TransactionOptions,
} from './database.ts'
export { isDatabaseAway } from './database-away.ts'
export { databaseUrl, dropDatabase, ensureDatabase } from './database-server.ts'
export { type Decimal, decimal, formatDecimal, isLess, parseDecimal, roundTo, sum, ZERO } from './decimal.ts'
export { type Health, healthOf } from './health.ts'
export { passOverAnswer, unreachableReason } from './http-delivery.ts'
export type { DeviceBody } from './identity/device-sign-in.ts'
export { SIGN_IN_ROUTES, type SignInAnswer, type SignInRequest, type SignInRoute } from './identity/sign-in-routes.ts'
export type { TokenErrorBody } from './identity/token-errors.ts'
export type { TokenClient, TokenForm } from './identity/token-form.ts'
export {
  createTokenIssuer,
  type DecisionAnswer,
  type DecisionFacts,
  type DeviceAnswer,
  TOKEN_PROBLEMS,
  type TokenAnswer,
  type TokenBody,
  type TokenIssuer,
  type TokenIssuerOptions,
  type TokenProblem,
  type TokenVerdict,
} from './identity/token-issuer.ts'
export { type Ids, randomIds } from './ids.ts'
export { createLogger, LOG_LEVELS, type Logger, type LogLevel, silentLogger } from './log.ts'
export { type Claim, claimFolder } from './postgres/claim.ts'
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './postgres/embedded-postgres.ts'
export { isAlive, processStart } from './process-start.ts'
export {
  EXIT_CODES,
  keySetting,
  LEAN_HEAP,
  type ProcessSettings,
  type Program,
  type ProgramMessage,
  type ProgramOrder,
  type ProgramSettings,
  processSettings,
  programSettings,
  type RunningProgram,
  runProgram,
} from './run-program.ts'
export { copyPreparedDatabase, openScratchDatabase, type PreparedDatabase, preparedPrefix, type TestScope } from './scratch-database.ts'
export { readSettings } from './settings.ts'
export { refuseUnreadable, type UnreadableAnswer, type UnreadableProblem } from './unreadable-request.ts'
export { type WaitOptions, waitForDatabase } from './wait-for-database.ts'
