import { contract } from '@p2c/api'
import { AppError } from '@p2c/base'
import type { Engine } from '@p2c/engine'
import { type BoundRoute, route } from '../http/serve.ts'
import { toWireExecution } from '../http/wire.ts'
import { requireProject } from './projects.ts'

export const executionRoutes = ({ engine }: { readonly engine: Engine }): BoundRoute[] => [
  route(contract.postExecution, async ({ params, body }) => {
    await requireProject(engine, params.name)
    const execution = await engine.startExecution(params.name, { allData: body.allData, rewrite: body.rewrite, trigger: 'manual' })
    return toWireExecution(execution)
  }),
  route(contract.listExecutions, async ({ query }) => {
    if (query.project !== undefined) await requireProject(engine, query.project)
    const found = await engine.listExecutions({
      limit: query.limit,
      ...(query.project !== undefined && { projectName: query.project }),
      ...(query.status !== undefined && { status: [query.status] }),
    })
    return { items: found.map(toWireExecution) }
  }),
  route(contract.getExecution, async ({ params }) => {
    const execution = await engine.findExecution(params.id)
    if (execution === undefined) throw unknownExecution(params.id)
    return toWireExecution(execution)
  }),
  route(contract.cancelExecution, async ({ params }) => toWireExecution(await engine.cancelExecution(params.id))),
]

const unknownExecution = (id: string): AppError =>
  new AppError({
    category: 'schema',
    code: 'execution-unknown',
    message: `There is no execution ${JSON.stringify(id)}. List them: p2c executions.`,
  })
