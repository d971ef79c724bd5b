export type { BudgetSettings } from './budget/budget-state.ts'
export { createEngine } from './engine.ts'
export type {
  ConnectorTools,
  Engine,
  EngineOptions,
  ExecutionFilter,
  HostProcess,
  ProcessIdentity,
  RecordErrorFilter,
  RecordFilter,
  RecordLinkFilter,
  RetryPolicy,
  StartOptions,
} from './execution/engine-contract.ts'
export { DEFAULT_LANES } from './execution/engine-contract.ts'
export { type MapResult, mapExample } from './mapping/map-row.ts'
export type { PlanFacts } from './mapping/task-plan.ts'
export { validateProject } from './mapping/validate-project.ts'
export type { ValidationFacts } from './mapping/validation-facts.ts'
export {
  type ConnectedEnvironment,
  type Connection,
  type ConnectionSet,
  type ConnectionSetInput,
  connectionSetSchema,
  type IntegrationKey,
  type SecretInput,
  type StoredSecret,
  type UsableSecret,
} from './model/connection-set.ts'
export type {
  Connector,
  DestinationRow,
  FieldSearch,
  OrganisationPair,
  ReadRequest,
  RowFailure,
  SourcePage,
  SourcePosition,
  SourceRow,
  UpsertOutcome,
  UpsertRequest,
} from './model/connector.ts'
export {
  ENVIRONMENT_TYPES,
  type EnvironmentType,
  type FieldMapping,
  type Leg,
  type Project,
  parseProject,
  parseTemplate,
  type Task,
  type Template,
  versionParts,
} from './model/documents.ts'
export { type EntitySchema, FIELD_TYPES, type FieldSchema, type FieldType } from './model/entity-schema.ts'
export {
  addCounters,
  COUNTER_NAMES,
  type CounterName,
  type Counters,
  countersAddUp,
  EXECUTION_STATUSES,
  type Execution,
  type ExecutionError,
  type ExecutionStatus,
  FINAL_STATUSES,
  LIVE_STATUSES,
  NO_COUNTERS,
  TASK_STATUSES,
  type TaskExecution,
  type TaskExecutionStatus,
  TRIGGERS,
  type Trigger,
} from './model/execution.ts'
export type { FieldValue, FieldValues } from './model/field-value.ts'
export { COMPARISONS, type Comparison, evaluateFilter, type Filter, filterFields } from './model/filter.ts'
export { type Issue, SEVERITIES, type Severity } from './model/issue.ts'
export { projectJsonSchema, templateJsonSchema } from './model/json-schema.ts'
export { RECORD_ERROR_STATES, type RecordError, type RecordErrorState, type WaitingRecord } from './model/record-error.ts'
export type { RecordLink } from './model/record-link.ts'
export type { BudgetStatus, RequestBudget, RequestReport } from './model/request-budget.ts'
export { TRANSFORM_TYPES, type TransformDocument, type TransformType } from './model/transform-document.ts'
