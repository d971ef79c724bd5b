import { contract } from '@p2c/api'
import { type ExplanationDeps, explainRecord } from '../explain/explain-record.ts'
import { type BoundRoute, route } from '../http/serve.ts'

export const explanationRoutes = ({ explain }: { readonly explain: ExplanationDeps }): BoundRoute[] => [
  route(contract.getExplanation, ({ query, signal }) => {
    const { entity, key, line, connectionSet } = query
    const question = { entity, key, ...(line !== undefined && { line }), ...(connectionSet !== undefined && { connectionSet }) }
    return explainRecord(question, explain, signal)
  }),
]
