import { contract } from '@p2c/api'
import { checkReadiness, type ReadinessDeps } from '../doctor/check-readiness.ts'
import { type BoundRoute, route } from '../http/serve.ts'

export const readinessRoutes = (deps: ReadinessDeps): BoundRoute[] => [
  route(contract.postReadiness, ({ params, body, signal }) => checkReadiness(params.name, { fix: body.fix, signal }, deps)),
]
