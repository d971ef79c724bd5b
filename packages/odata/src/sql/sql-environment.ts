import type { PropertyPath } from '../ast.ts'
import { odataError, quoteForMessage } from '../url/odata-error.ts'
import type { SqlCollection, SqlColumn, SqlOptions, SqlScope } from './sql-scope.ts'

/** What names mean at one place of an expression. */
export interface Environment {
  readonly scope: SqlScope
  /** Lambda variables and the rows that they stand for. */
  readonly variables: ReadonlyMap<string, SqlScope>
  readonly options: SqlOptions
  /** Shared by a whole statement, so that every subquery has its own alias. */
  readonly aliases: { next: number }
}

export const createEnvironment = (scope: SqlScope, options: SqlOptions): Environment => ({
  scope,
  variables: new Map(),
  options,
  // Two translations of one statement (filter and order) share its parameters: their number keeps aliases apart.
  aliases: { next: options.parameters.values.length },
})

interface Place {
  readonly scope: SqlScope
  readonly rest: readonly string[]
}

function placeOf(segments: readonly string[], environment: Environment): Place {
  const [first = '', ...rest] = segments
  const variable = environment.variables.get(first)
  if (variable !== undefined) return { scope: variable, rest }
  return { scope: environment.scope, rest: first === '$it' ? rest : segments }
}

/** A property that a type does not have. `details`: `property` as written, `typeName`, `position`. */
export function unknownProperty(property: string, typeName: string, position: number) {
  const message = `Could not find a property named '${property}' on type '${typeName}'.`
  return odataError('odata-unknown-property', message, { property, typeName, position })
}

/** The column that a path names. Throws `odata-unknown-property`. */
export function resolveColumn(path: Pick<PropertyPath, 'segments' | 'span'>, environment: Environment): SqlColumn {
  const { scope, rest } = placeOf(path.segments, environment)
  const column = rest.length === 0 ? undefined : scope.column(rest)
  if (column !== undefined) return column
  const unknown = rest.length === 0 ? undefined : scope.unknownAt?.(rest)
  if (unknown !== undefined) throw unknownProperty(unknown.property, unknown.typeName, path.span.start)
  throw unknownProperty((rest.length === 0 ? path.segments : rest).join('/'), scope.typeName, path.span.start)
}

/** The collection that a path names, under a fresh table alias. Throws `odata-unknown-property`. */
export function resolveCollection(path: PropertyPath, environment: Environment): SqlCollection {
  const { scope, rest } = placeOf(path.segments, environment)
  environment.aliases.next++
  const collection = rest.length === 0 ? undefined : scope.collection?.(rest, `c${environment.aliases.next}`)
  if (collection === undefined) throw unknownProperty(path.segments.join('/'), scope.typeName, path.span.start)
  return collection
}

/** The environment inside a lambda: its variable added. A name that already means a row there is refused. */
export function withVariable(
  environment: Environment,
  name: string,
  { scope, position }: { readonly scope: SqlScope; readonly position: number },
): Environment {
  if (environment.variables.has(name)) {
    throw odataError(
      'odata-syntax',
      `The variable ${quoteForMessage(name)} at position ${position} is already in use; choose another name.`,
      { position },
    )
  }
  return { ...environment, variables: new Map([...environment.variables, [name, scope]]) }
}
