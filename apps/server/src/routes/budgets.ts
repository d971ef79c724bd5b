import { contract } from '@p2c/api'
import type { Engine } from '@p2c/engine'
import { type BoundRoute, route } from '../http/serve.ts'

export const budgetRoutes = ({ engine }: { readonly engine: Engine }): BoundRoute[] => [
  route(contract.listBudgets, async () => ({ items: [...(await engine.listBudgets())] })),
]
