import { Argument, type Command, InvalidArgumentError } from 'commander'
import { ORDER_ACTION_NAMES, type OrderActionName, parseAssignment, parseLine } from './commands/order-actions.ts'
import { type CommandOptions, listCommands, type OrderOptions, runCommand, runOrderAction } from './commands/orders.ts'
import type { CommandContext, CommonOptions } from './context.ts'

interface ProgramParts {
  /** Adds the options that every command has. */
  readonly common: (command: Command) => Command
  readonly perform: (options: CommonOptions, command: (context: CommandContext) => Promise<number>) => Promise<void>
}

/** `p2c order` and `p2c command`: postings of the Supply Chain application. */
export function addPosting(program: Command, { common, perform }: ProgramParts): void {
  common(
    program
      .command('order')
      .description('confirm, reserve, pick, pack, invoice an order of Supply Chain')
      .addArgument(new Argument('<action>', 'what to do').choices(ORDER_ACTION_NAMES))
      .argument('<number>', 'the sales order; cancel-pack: the packing slip; credit: the invoice'),
  )
    .option('--company <id>', 'company; default: the default company')
    .option('--line <line=quantity>', 'this line, by its number or lot, with a quantity; may be repeated', collect(toLine), [])
    .option('--rule <rule>', 'quantity: All, DeliverNow, Picked, PickedAndNotStocked, PackingSlip')
    .option('--date <day>', 'date of the posting, as in 2025-02-11; default: today')
    .option('--set <name=value>', 'any other parameter of the command; may be repeated', collect(toAssignment), [])
    .action((action: OrderActionName, number: string, options: CommonOptions & OrderOptions) =>
      perform(options, (context) => runOrderAction(context, { action, number }, options)),
    )
  common(
    program
      .command('command')
      .description('run any command of Supply Chain, or list them')
      .argument('[name]', 'a command, as in post-payment-journal'),
  )
    .option('--company <id>', 'company; default: the default company')
    .option('--set <name=value>', 'a parameter of the command; lists and objects as JSON; may be repeated', collect(toAssignment), [])
    .action((name: string | undefined, options: CommonOptions & CommandOptions) =>
      perform(options, (context) => (name === undefined ? listCommands(context) : runCommand(context, name, options))),
    )
}

/** Gathers a repeated option. */
const collect =
  <Value>(parse: (text: string) => Value) =>
  (text: string, before: readonly Value[]): readonly Value[] => [...before, parse(text)]

function toLine(text: string) {
  const line = parseLine(text)
  if (line === undefined) throw new InvalidArgumentError('Expected a line and a quantity, as in 1=5 or LOT-000017=2.5.')
  return line
}

function toAssignment(text: string) {
  const assignment = parseAssignment(text)
  if (assignment === undefined) throw new InvalidArgumentError('Expected a parameter and its value, as in date=2025-02-11.')
  return assignment
}
