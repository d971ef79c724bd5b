export type { Budget } from './budget.ts'
export { type ApiClient, type ApiClientDeps, type CallInput, createApiClient } from './client.ts'
export { type ComparedSum, type ComparedTask, type Comparison, DIFFERENCE_KINDS, type Difference } from './comparison.ts'
export { contract, type RouteContract } from './contract.ts'
export { type ErrorBody, statusOf } from './error.ts'
export { type Counters, EXECUTION_STATUSES, type Execution, FINAL_STATUSES, TASK_STATUSES, totalCounters } from './execution.ts'
export {
  EXPLAINED_OUTCOMES,
  EXPLAINED_SIDES,
  type ExplainedReason,
  type ExplainedRow,
  type ExplainedSide,
  type Explanation,
  type TimelineEvent,
} from './explanation.ts'
export { openApiDocument } from './openapi.ts'
export type { Project } from './project.ts'
export { CHECK_SIDES, CHECK_STATUSES, type CheckSide, type CheckStatus, type Readiness, type ReadinessCheck } from './readiness.ts'
export { RECORD_ERROR_STATES, type RecordError } from './record-error.ts'
