export type { ActionContext, ActionParameter, ActionResult, AppAction } from './actions/app-action.ts'
export { type EntityParameter, readEntityParameter, readReferenceParameter, readReferencesParameter } from './actions/entity-parameter.ts'
export { isPlatformError, PlatformError, type Refusal, refuse } from './errors/platform-error.ts'
export type { ManyToManyDefinition, ManyToManySide } from './model/many-to-many.ts'
export type {
  ColumnValue,
  LinkContext,
  LinkRule,
  Message,
  Plugin,
  PluginContext,
  Row,
  RowQuery,
  RowReference,
  TableEvent,
  TableService,
  WriteOrigin,
} from './model/plugin.ts'
export { MESSAGES } from './model/plugin.ts'
export { resolveModel } from './model/resolve-model.ts'
export type { Column, Model, Navigation, Table } from './model/resolved-model.ts'
export type { RowMapping } from './model/row-mapping.ts'
export type {
  AlternateKey,
  ColumnDefinition,
  ColumnType,
  LookupTarget,
  OptionDefinition,
  Requirement,
  StateOption,
  StatusOption,
  TableDefinition,
} from './model/table.ts'
export { REQUIREMENTS } from './model/table.ts'
export { checkRowsById } from './pipeline/check-rights.ts'
export type { Caller, WriteContext } from './pipeline/write-context.ts'
export { createTablePlatform, type SeedRows, type ServiceOptions, type TablePlatform, type TablePlatformOptions } from './platform.ts'
export { hasPrivilege } from './security/access.ts'
export { PLATFORM_READ } from './security/platform-read.ts'
export type { Depth, Right } from './security/privileges.ts'
export type { RoleDefinition, TableGrant } from './security/seed-security.ts'
export type { CurrencySeed, SeedIdentity } from './system/seed-platform.ts'
export { applicationIdOf, stableId } from './system/stable-id.ts'
export { systemTables } from './system/system-tables.ts'
export type { WireAnswer, WireSettings } from './web/exchange.ts'
