import { z } from 'zod'
import type { Command } from './command.ts'

/** One parameter as the discovery of custom services shows it. */
export interface ParameterDescription {
  readonly name: string
  readonly type: string
  readonly isOptional: boolean
  readonly description: string
  /** The values of an enumeration. */
  readonly values?: readonly string[]
}

interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
}

const schemas = new WeakMap<Command, JsonSchema>()

/** The JSON Schema of the parameters of a command, as a client sends them. */
export function parameterSchema(command: Command): JsonSchema {
  const known = schemas.get(command)
  if (known !== undefined) return known
  const schema = z.toJSONSchema(command.parameters, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  schemas.set(command, schema)
  return schema
}

/** Type names of custom services by type and format of JSON Schema. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'String',
  number: 'Decimal',
  decimal: 'Decimal',
  integer: 'Int32',
  boolean: 'Boolean',
  date: 'Date',
  array: 'List',
  object: 'Object',
}

function typeName({ format, type, anyOf }: JsonSchema): string {
  const first = typeof type === 'string' ? type : type?.[0]
  const [choice] = anyOf ?? []
  return TYPE_NAMES[format ?? ''] ?? TYPE_NAMES[first ?? ''] ?? (choice === undefined ? 'Object' : typeName(choice))
}

/** The parameters of a command, in the order of its schema; the company is optional: the user has a default one. */
export function parametersOf(command: Command): ParameterDescription[] {
  const { properties = {}, required = [] } = parameterSchema(command)
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    type: typeName(schema),
    isOptional: name === 'dataAreaId' || !required.includes(name),
    description: schema.description ?? '',
    ...(schema.enum !== undefined && { values: schema.enum }),
  }))
}

/** `/api/services/SalesOrderServices/SalesOrderService/PostPackingSlip`. */
export const operationPath = ({ operation }: Command): string => `/api/services/${operation.group}/${operation.service}/${operation.name}`
