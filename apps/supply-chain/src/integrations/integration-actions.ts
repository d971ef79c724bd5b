import type { Action, ActionTable } from '../odata/action-table.ts'
import type { ActionDeps } from '../packages/actions.ts'
import { refusalText, requiredText } from '../packages/wire.ts'
import { dataJobState } from './job-status.ts'
import { findMessage } from './message-store.ts'
import { exportNow, openJob } from './recurring-jobs.ts'

/** `GetMessageStatus` of a message, and `ExportNow` of a recurring data job: the id of the message that can be dequeued. */
export const integrationActions = (deps: ActionDeps): ActionTable => [
  refusing({
    name: 'GetMessageStatus',
    collection: 'DataManagementDefinitionGroups',
    parameters: [{ name: 'messageId', type: 'Edm.String' }],
    returnType: 'Edm.String',
    async run({ parameters }) {
      const id = requiredText(parameters, 'messageId').replace(/^["{]+|["}]+$/g, '')
      const message = await findMessage(deps.database, id)
      if (message === undefined) return { ok: false, infolog: `The message ${id} is not found.` }
      return { ok: true, value: dataJobState(message, await deps.executions.listResults(message.executionId)) }
    },
  }),
  refusing({
    name: 'ExportNow',
    collection: 'RecurringDataJobs',
    isBoundToRow: true,
    parameters: [],
    returnType: 'Edm.String',
    async run({ key = {}, user, baseUrl }) {
      const job = await openJob(deps, key.ActivityId ?? '', 'Export')
      return { ok: true, value: await exportNow(deps, job, { user, root: baseUrl }) }
    },
  }),
]

/** Refusals of data management become those of the action. */
const refusing = (action: Action): Action => ({
  ...action,
  async run(call) {
    try {
      return await action.run(call)
    } catch (error) {
      const infolog = refusalText(error)
      if (infolog === undefined) throw error
      return { ok: false, infolog }
    }
  },
})
