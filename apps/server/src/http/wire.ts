import type { Execution as WireExecution, Project as WireProject, RecordError as WireRecordError } from '@p2c/api'
import type { Execution, Project, RecordError, WaitingRecord } from '@p2c/engine'

/** An execution of the engine as the contract shows it. */
export const toWireExecution = (execution: Execution): WireExecution => ({
  id: execution.id,
  projectName: execution.projectName,
  trigger: execution.trigger,
  allData: execution.allData,
  status: execution.status,
  createdAt: execution.createdAt,
  ...(execution.startedAt && { startedAt: execution.startedAt }),
  ...(execution.finishedAt && { finishedAt: execution.finishedAt }),
  ...(execution.error && { error: { category: execution.error.category, code: execution.error.code, message: execution.error.message } }),
  tasks: execution.tasks.map((task) => ({ ...task })),
})

export const toWireProject = (project: Project): WireProject => ({
  name: project.name,
  ...(project.templateIdentifier && { templateName: project.templateIdentifier.name }),
  ...(project.templateIdentifier?.version && { templateVersion: project.templateIdentifier.version }),
  connectionSetName: project.connectionSetName,
  organisations: project.organisations.map(({ businessUnit, legalEntity }) => ({ businessUnit, legalEntity })),
  dependsOn: [...(project.dependsOn ?? [])],
  tasks: project.entityMappingTasks.map((task) => ({
    name: task.name,
    order: task.order,
    legs: task.legs.map((leg) => ({
      sourceEnvironmentType: leg.sourceEnvironmentType,
      sourceSchema: leg.sourceSchema,
      destinationEnvironmentType: leg.destinationEnvironmentType,
      destinationSchema: leg.destinationSchema,
      ...(leg.sourceFilter && { sourceFilter: leg.sourceFilter }),
    })),
  })),
})

export const toWireRecordError = (error: RecordError): WireRecordError => ({
  ...common(error),
  state: error.state,
  category: error.category,
  fingerprint: error.fingerprint,
  ...(error.nextAttempt && { nextAttempt: error.nextAttempt }),
})

export const toWireWaiting = (waiting: WaitingRecord): WireRecordError => ({
  ...common(waiting),
  state: 'waiting',
  category: 'reference',
  isReady: waiting.state === 'ready',
  parents: waiting.parents.map((parent) => ({ ...parent })),
  deferredFields: [...waiting.deferredFields],
  nextAttempt: waiting.nextAttempt,
})

const common = (record: RecordError | WaitingRecord) => ({
  id: record.id,
  projectName: record.projectName,
  taskName: record.taskName,
  leg: record.leg,
  legalEntity: record.organisation.legalEntity,
  businessUnit: record.organisation.businessUnit,
  sourceKey: record.sourceKey,
  code: record.code,
  message: record.message,
  attempts: record.attempts,
  firstSeenAt: record.firstSeenAt,
  lastSeenAt: record.lastSeenAt,
  executionId: record.executionId,
})
