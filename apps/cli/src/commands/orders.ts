import { z } from 'zod'
import type { CommandContext } from '../context.ts'
import { connectApplications } from '../load/applications.ts'
import type { ApplicationClient } from '../load/http.ts'
import type { Column } from '../output/output.ts'
import { type Assignment, type LineQuantity, ORDER_ACTIONS, type OrderActionName, readValue } from './order-actions.ts'

const PATH = '/api/commands'

const typeSchema = z.union([z.string(), z.array(z.string())]).optional()
const propertySchema = z.object({ type: typeSchema, anyOf: z.array(z.object({ type: typeSchema })).optional() })
const commandSchema = z.object({
  name: z.string(),
  summary: z.string(),
  operation: z.string(),
  parameters: z.object({ properties: z.record(z.string(), propertySchema), required: z.array(z.string()).optional() }),
})
const listSchema = z.object({ commands: z.array(commandSchema) })
const answerSchema = z.object({
  result: z.record(z.string(), z.unknown()),
  warnings: z.array(z.object({ code: z.string(), text: z.string() })),
})

type Described = z.infer<typeof commandSchema>

/** What `p2c order` and `p2c command` take beside the common options. */
export interface CommandOptions {
  readonly company?: string
  readonly set: readonly Assignment[]
}

export interface OrderOptions extends CommandOptions {
  readonly line: readonly LineQuantity[]
  readonly rule?: string
  readonly date?: string
}

const COLUMNS: readonly Column<Described>[] = [
  { title: 'column.command', value: (row) => row.name },
  { title: 'column.parameters', value: (row) => parameterList(row) },
]

/** Mandatory parameters stand bare, the others in brackets. */
const parameterList = ({ parameters: { properties, required = [] } }: Described): string =>
  Object.keys(properties)
    .map((name) => (required.includes(name) && name !== 'dataAreaId' ? name : `[${name}]`))
    .join(' ')

/** Lists the commands of Supply Chain with their parameters. */
export async function listCommands(context: CommandContext): Promise<number> {
  const { supplyChain } = await connectApplications(context)
  const { commands } = listSchema.parse(await supplyChain.json('GET', PATH))
  context.output.table(COLUMNS, commands)
  context.output.result(commands)
  return 0
}

/** Runs any command of Supply Chain by its name. Throws `application-refused` with the Infolog of a refusal. */
export async function runCommand(context: CommandContext, name: string, options: CommandOptions): Promise<number> {
  const { supplyChain } = await connectApplications(context)
  return perform(context, supplyChain, { name, given: {}, options })
}

/** Does one thing with an order: confirm, pick, pack, invoice. Throws `application-refused` with the Infolog of a refusal. */
export async function runOrderAction(
  context: CommandContext,
  { action, number }: { readonly action: OrderActionName; readonly number: string },
  options: OrderOptions,
): Promise<number> {
  const { supplyChain } = await connectApplications(context)
  const target = ORDER_ACTIONS[action]
  const given = {
    [target.number]: number,
    ...(options.line.length > 0 && { lines: options.line }),
    ...(options.rule !== undefined && { quantityRule: options.rule }),
    ...(options.date !== undefined && { date: options.date }),
  }
  return perform(context, supplyChain, { name: target.command, given, options })
}

interface Call {
  readonly name: string
  readonly given: Readonly<Record<string, unknown>>
  readonly options: CommandOptions
}

async function perform(context: CommandContext, supplyChain: ApplicationClient, { name, given, options }: Call): Promise<number> {
  const path = `${PATH}/${encodeURIComponent(name)}`
  const { parameters } = commandSchema.parse(await supplyChain.json('GET', path))
  const set = options.set.map((each) => [each.name, readValue(each.value, parameters.properties[each.name])] as const)
  const body = { ...(options.company !== undefined && { dataAreaId: options.company }), ...given, ...Object.fromEntries(set) }
  const answer = answerSchema.parse(await supplyChain.json('POST', path, body))
  print(context, name, answer)
  return 0
}

function print({ output }: CommandContext, name: string, answer: z.infer<typeof answerSchema>): void {
  output.line('command.done', { command: name })
  for (const [member, value] of Object.entries(answer.result))
    output.text(`${member}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  for (const { text, code } of answer.warnings) output.line('command.warning', { text, code })
  output.result(answer)
}
