import { contract } from '@p2c/api'
import type { Engine } from '@p2c/engine'
import { type CompareDeps, compareProject } from '../compare/compare-project.ts'
import { type BoundRoute, route } from '../http/serve.ts'
import { requireProject } from './projects.ts'

export interface ComparisonDeps {
  readonly engine: Engine
  readonly compare: CompareDeps
}

export const comparisonRoutes = ({ engine, compare }: ComparisonDeps): BoundRoute[] => [
  route(contract.postComparison, async ({ params, body, signal }) => {
    const project = await requireProject(engine, params.name)
    return compareProject(project, { maxDifferences: body.differences, signal }, compare)
  }),
]
