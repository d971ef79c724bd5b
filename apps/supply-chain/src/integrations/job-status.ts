import type { EntityResult } from '../packages/execution-store.ts'
import type { RecurringMessage } from './message-store.ts'

/** States of a message with their numbers. Source: protocol specification, 17; the numbers are derived. */
const DATA_JOB_STATES = {
  Enqueued: 0,
  Dequeued: 1,
  Downloaded: 2,
  Acked: 3,
  Processing: 4,
  Processed: 5,
  ProcessedWithErrors: 6,
  PostProcessingError: 7,
  PreProcessingError: 8,
  PreProcessing: 9,
} as const
export type DataJobState = keyof typeof DATA_JOB_STATES

/** The state of a message: what its execution has come to, and of an export how far it was fetched. */
export function dataJobState(message: RecurringMessage, results: readonly EntityResult[]): DataJobState {
  const { execution, dequeueState } = message
  if (dequeueState === 'Dequeued' || dequeueState === 'Downloaded' || dequeueState === 'Acked') return dequeueState
  switch (execution?.status) {
    case 'Succeeded':
      return 'Processed'
    case 'PartiallySucceeded':
      return 'ProcessedWithErrors'
    case 'Executing':
      return 'Processing'
    case 'Failed':
    case 'Canceled':
      // Without a staged row it failed before the target was tried.
      return results.some((result) => result.staged > 0) ? 'ProcessedWithErrors' : 'PreProcessingError'
    case undefined:
      return 'PostProcessingError' // its history is gone
    default:
      return 'Enqueued'
  }
}

const EMPTY_TIME = '1900-01-01T00:00:00Z'
const timeText = (time: Date | undefined): string => (time === undefined ? EMPTY_TIME : `${time.toISOString().slice(0, 19)}Z`)

/** The document of `jobstatus`, G-FO-26. */
export function jobStatusDocument(message: RecurringMessage, results: readonly EntityResult[]) {
  const { execution } = message
  const times = { started: timeText(execution?.startedAt), ended: timeText(execution?.endedAt) }
  return {
    DataJobStatus: {
      DataProject: message.project,
      DataJobIdentifier: message.id,
      ExternalIdentifier: message.externalId,
      ExecutionIdentifier: message.executionId,
      DataJobStartedDateTime: times.started,
      DataJobCompletedDateTime: times.ended,
      DataJobState: dataJobState(message, results),
    },
    ExecutionLog: execution?.message ?? '',
    ExecutionDetail: results.map((result) => ({
      EntityName: result.entityName,
      Company: message.company,
      StagingRecords: result.staged,
      StagingStatus: entityState(result, result.staged > 0 || result.status === 'Succeeded'),
      StagingErrorCount: 0,
      TargetRecords: result.written,
      TargetStatus: entityState(result, result.status === 'Succeeded'),
      TargetErrorCount: result.errors,
      ExecutionStartedDateTime: times.started,
      ExecutionCompletedDateTime: times.ended,
    })),
  }
}

const entityState = ({ status }: EntityResult, isGood: boolean): string => {
  if (status === 'NotRun') return 'NotRun'
  if (status === 'Executing') return 'Executing'
  return isGood ? 'Finished' : 'Error'
}
