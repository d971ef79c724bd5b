import { EXECUTION_STATUSES, type Execution, RECORD_ERROR_STATES } from '@p2c/api'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { compare } from './commands/compare.ts'
import { demo } from './commands/demo.ts'
import { type DoctorOptions, doctor } from './commands/doctor.ts'
import { type ErrorsOptions, errors } from './commands/errors.ts'
import { execution, executions } from './commands/executions.ts'
import { explain } from './commands/explain.ts'
import { type AdventureWorksOptions, loadAdventureWorks, loadSample } from './commands/load.ts'
import { run } from './commands/run.ts'
import { type RunAllOptions, runAll } from './commands/run-all.ts'
import { installSolution, solutionStatus, uninstallSolution } from './commands/solution.ts'
import { ROLES, type StartOptions, start } from './commands/start.ts'
import { TOKEN_TARGETS, type TokenTarget, token } from './commands/token.ts'
import { type CommandContext, type CommonOptions, createContext, type Surroundings } from './context.ts'
import { LOCALES } from './messages/messages.ts'
import { addPosting } from './posting-program.ts'

/** Runs one command and remembers its exit code. */
type Perform = (options: CommonOptions, command: (context: CommandContext) => Promise<number>) => Promise<void>

export interface CliDeps extends Surroundings {
  readonly version: string
  readonly onExit: (code: number) => void
}

const EXAMPLES: Readonly<Record<string, string>> = {
  p2c: `
Examples:
  p2c start                          start everything, data in ./.p2c
  p2c load sample --accounts 1000    load generated customers, contacts and products
  p2c run products                   bring sellable products to Sales
  p2c run accounts                   bring accounts to Supply Chain
  p2c run --all                      everything, each project behind what it refers to
  p2c compare accounts               do both sides agree?
  p2c errors                         which rows were not written, and why?
  p2c explain order SO-000017        what happened to this record?

Exit codes: 0 done, 1 failed, 2 wrong use.`,
  start: `
Examples:
  p2c start
  p2c start --data /srv/p2c --port-base 5000
  p2c start --json                   one line with all addresses once everything is ready
  p2c start --host 10.0.0.5          let other hosts reach the parts
  p2c start --role worker --key-file ./secrets.json
                                     take steps of the installation on P2C_DATABASE_URL`,
  token: `
Examples:
  p2c token sales
  curl -H "Authorization: Bearer $(p2c token sales)" "http://127.0.0.1:4010/api/data/v9.2/accounts?\\$top=3"`,
  run: `
Examples:
  p2c run products
  p2c run accounts --all-data        read everything, write what differs
  p2c run contacts --json
  p2c run --all                      products, accounts, ... invoices, each behind what it refers to
  p2c run --all --connection-set local-two-hop`,
  executions: `
Examples:
  p2c executions --project accounts --limit 5
  p2c executions --status error --json
  p2c executions 0193a2c4-...        one execution with its tasks`,
  errors: `
Examples:
  p2c errors
  p2c errors --project accounts --code value-not-mapped
  p2c errors --state resolved --json`,
  compare: `
Examples:
  p2c compare accounts
  p2c compare contacts --limit 20 --json`,
  doctor: `
Examples:
  p2c doctor                         is the local installation ready for its projects?
  p2c doctor local-two-hop --json
  p2c doctor --fix                   set what can be set, then check again`,
  explain: `
Examples:
  p2c explain order SO-000017        why it is where it is, and its timeline
  p2c explain account ACC-01000-BVRCPS
  p2c explain order SO-000017 --line 2 --json
  p2c explain CustomersV2 US-001 --connection-set local`,
  demo: `
Examples:
  p2c demo
  p2c demo --lang fr
  p2c demo --json                    one line that says whether it succeeded`,
  solution: `
Examples:
  p2c solution status
  p2c solution install               the version that the direct templates need
  p2c solution uninstall`,
  status: `
Examples:
  p2c solution status
  p2c solution status --json`,
  install: `
Examples:
  p2c solution install
  p2c solution install 1.15.0.0`,
  uninstall: `
Examples:
  p2c solution uninstall`,
  order: `
Examples:
  p2c order confirm SO-000017
  p2c order reserve SO-000017 --line 1=8
  p2c order pack SO-000017 --rule Picked --company usmf --json
  p2c order pack SO-000017 --line 1=5 --line 2=3
  p2c order hold SO-000017 --set holdCode=Credit
  p2c order invoice SO-000017 --rule PackingSlip`,
  command: `
Examples:
  p2c command                        list the commands and their parameters
  p2c command settle-transactions --company usmf --set customerAccount=US-001 --json`,
  load: `
Examples:
  p2c load sample --accounts 1000
  p2c load adventureworks ./adventureworks
  p2c load adventureworks --orders`,
  sample: `
Examples:
  p2c load sample --accounts 20000 --seed 7
  p2c load sample --accounts 5000 --products 20000 --contacts 0`,
  adventureworks: `
Examples:
  p2c load adventureworks ./adventureworks
  p2c load adventureworks --orders --limit 500
  p2c load adventureworks --orders   all orders through both applications; the same again goes on after a kill
  p2c load adventureworks --orders --change 1`,
}

/** The command line: `p2c <command>`. Every command takes `--data`, `--json` and `--lang`. */
export function createProgram(deps: CliDeps): Command {
  const perform: Perform = async (options, command) => deps.onExit(await command(createContext(options, deps)))
  const program = new Command('p2c')
    .description('Prospect to Cash: an open integrator with local Sales and Supply Chain applications')
    .version(deps.version)
  program.addHelpText('after', EXAMPLES.p2c ?? '').showHelpAfterError('(p2c --help shows how)')
  addRunning(program, perform)
  addInspecting(program, perform)
  addErrors(program, perform)
  addComparing(program, perform)
  addReadiness(program, perform)
  addSolution(program, perform)
  addLoading(program, perform)
  addPosting(program, { common, perform })
  return program
}

function addRunning(program: Command, perform: Perform): void {
  common(
    program
      .command('start')
      .description('start PostgreSQL, Sales, Supply Chain, the Common Data Service and the integrator; stop with Ctrl-C'),
  )
    .addOption(
      new Option(
        '--port-base <port>',
        'integrator here, Sales 10 above, Supply Chain 20 above, Common Data Service 30 above; 0 takes free ports',
      )
        .default(4000)
        .argParser(toPort),
    )
    .addOption(new Option('--role <role>', 'everything, or a worker for an installation on another host').choices(ROLES).default('all'))
    .addOption(new Option('--host <address>', 'address of this machine to listen on; default 127.0.0.1').env('P2C_HOST'))
    .addOption(
      new Option('--workers <count>', 'steps to work on side by side; default 2').argParser((text) => inRange(text, 0, MOST_STEPS)),
    )
    .option('--key-file <file>', 'worker: copy of secrets.json of the installation, or a file with its encryption key')
    .addOption(
      new Option('--health-port <port>', 'worker: port of its health end point; default any').argParser((text) => inRange(text, 0, 65_535)),
    )
    .action((options: CommonOptions & StartOptions) => perform(options, (context) => start(context, options)))
  common(
    program
      .command('token')
      .description('print a bearer token of a running part')
      .addArgument(new Argument('<part>', 'whose token').choices(TOKEN_TARGETS)),
  ).action((target: TokenTarget, options: CommonOptions) => perform(options, (context) => token(context, target)))
  addRun(program, perform)
  common(program.command('demo').description('play the main job from start to end in a folder of its own')).action(
    (options: CommonOptions) => perform(options, demo),
  )
}

function addRun(program: Command, perform: Perform): void {
  const command = program.command('run').description('run a project, or all of them in waves, and wait for the end')
  common(command.argument('[project]', 'name of the project'))
    .option('--all', 'every project of the connection set, in the order in which they depend on each other')
    .option('--connection-set <name>', 'with --all: whose projects', 'local')
    .option('--all-data', 'ignore the source position and read everything')
    .option('--rewrite', 'hold every row against the destination, not only against what was written last')
    .hook('preAction', () => {
      const isAll = command.opts().all === true
      if ((command.args.length === 0) !== isAll) command.error('error: name one project, or give --all')
      if (!isAll && command.getOptionValueSource('connectionSet') === 'cli')
        command.error('error: --connection-set needs --all; a project has a set of its own')
    })
    .action((project: string | undefined, options: CommonOptions & RunAllOptions) =>
      perform(options, (context) => (project === undefined ? runAll(context, options) : run(context, project, options))),
    )
}

function addInspecting(program: Command, perform: Perform): void {
  common(program.command('executions').description('list executions, or show one').argument('[id]', 'an execution'))
    .option('--project <name>', 'of this project only')
    .addOption(new Option('--status <status>', 'with this status only').choices(EXECUTION_STATUSES))
    .addOption(limitOption(20))
    .action((id: string | undefined, options: CommonOptions & { project?: string; status?: Execution['status']; limit: number }) =>
      perform(options, (context) =>
        id === undefined ? executions(context, pick(options, ['project', 'status', 'limit'])) : execution(context, id),
      ),
    )
}

function addErrors(program: Command, perform: Perform): void {
  common(program.command('errors').description('list rows that were not written, and why'))
    .option('--project <name>', 'of this project only')
    .option('--task <name>', 'of this task only')
    .option('--code <code>', 'with this code only')
    .option('--key <key>', 'of the row with this source key only')
    .option('--execution <id>', 'last tried by this execution only')
    .option('--fingerprint <fingerprint>', 'errors of this kind at this field only')
    .option('--waiting', 'only rows that wait for a parent, and for which')
    .addOption(new Option('--state <state>', 'open and waiting when not given').choices(RECORD_ERROR_STATES))
    .addOption(limitOption(100))
    .action((options: CommonOptions & ErrorsOptions) => perform(options, (context) => errors(context, pick(options, ERROR_OPTIONS))))
}

function addComparing(program: Command, perform: Perform): void {
  common(
    program
      .command('compare')
      .description('read both sides of a project and show where they differ')
      .argument('<project>', 'name of the project'),
  )
    .addOption(limitOption(100))
    .action((project: string, options: CommonOptions & { limit: number }) =>
      perform(options, (context) => compare(context, project, options)),
    )
  common(
    program
      .command('explain')
      .description('say what happened to one record, and show its timeline across both sides')
      .argument('<entity>', 'account, contact, product, quote, order, invoice, or an entity set of either side')
      .argument('<key>', 'its number, as both sides show it'),
  )
    .addOption(new Option('--line <number>', 'only this line of the document').argParser((text) => inRange(text, 0, MOST_LINES)))
    .option('--connection-set <name>', 'only projects of this connection set')
    .action((entity: string, key: string, options: CommonOptions & { line?: number; connectionSet?: string }) =>
      perform(options, (context) => explain(context, { entity, key }, pick(options, ['line', 'connectionSet']))),
    )
}

function addReadiness(program: Command, perform: Perform): void {
  common(
    program
      .command('doctor')
      .description('check what the projects of a connection set need of both sides')
      .argument('[connection set]', 'name of the connection set', 'local'),
  )
    .option('--fix', 'set what can be set, then check again')
    .action((connectionSet: string, options: CommonOptions & DoctorOptions) =>
      perform(options, (context) => doctor(context, connectionSet, pick(options, ['fix']))),
    )
}

function addSolution(program: Command, perform: Perform): void {
  const solution = program.command('solution').description('the Prospect to Cash solution of the local Sales application')
  solution.addHelpText('after', EXAMPLES.solution ?? '')
  common(solution.command('status').description('show its version, the settings it needs and the projects that use it')).action(
    (options: CommonOptions) => perform(options, solutionStatus),
  )
  common(
    solution
      .command('install')
      .description('install it, or bring it to a newer version')
      .argument('[version]', 'four numbers, as in 1.15.0.0'),
  ).action((version: string | undefined, options: CommonOptions) => perform(options, (context) => installSolution(context, version)))
  common(solution.command('uninstall').description('take its rules away; data stays')).action((options: CommonOptions) =>
    perform(options, uninstallSolution),
  )
}

function addLoading(program: Command, perform: Perform): void {
  const load = program.command('load').description('load data into the local applications')
  load.addHelpText('after', EXAMPLES.load ?? '')
  common(load.command('sample').description('a generated, international sample; the same seed gives the same rows'))
    .addOption(new Option('--accounts <count>', 'how many accounts; contacts and products follow').default(1000).argParser(toCount))
    .addOption(new Option('--seed <number>', 'start of the random numbers').default(1).argParser(toCount))
    .addOption(new Option('--products <count>', 'how many products; default a tenth of the accounts, 20 to 500').argParser(toCount))
    .addOption(new Option('--contacts <count>', 'at most this many contacts; default five for every four accounts').argParser(toCount))
    .action((options: CommonOptions & { accounts: number; seed: number; products?: number; contacts?: number }) =>
      perform(options, (context) => loadSample(context, options)),
    )
  addAdventureWorks(load, perform)
}

function addAdventureWorks(load: Command, perform: Perform): void {
  const command = load.command('adventureworks').description('the AdventureWorks company data')
  common(command.argument('[folder]', 'folder with its CSV files; default P2C_ADVENTUREWORKS, or where it usually lies'))
    .option('--orders', 'its orders too: entered, activated, brought to Supply Chain, confirmed, delivered, invoiced, paid')
    .addOption(new Option('--limit <count>', 'with --orders: the first orders only').argParser((text) => inRange(text, 1, MOST_GENERATED)))
    .addOption(
      new Option('--change <percent>', 'with --orders: change this share of the loaded orders instead').argParser((text) =>
        inRange(text, 1, 100),
      ),
    )
    .action((folder: string | undefined, options: CommonOptions & AdventureWorksOptions) => {
      if (options.orders !== true && (options.limit ?? options.change) !== undefined)
        command.error('error: --limit and --change need --orders')
      return perform(options, (context) => loadAdventureWorks(context, folder, options))
    })
}

function common(command: Command): Command {
  return command
    .option('--data <folder>', 'data folder of the installation', './.p2c')
    .option('--json', 'print the result as one line of JSON')
    .addOption(new Option('--lang <language>', 'language of the texts; default from the environment').choices(LOCALES))
    .addHelpText('after', EXAMPLES[command.name()] ?? '')
}

const ERROR_OPTIONS = ['project', 'task', 'code', 'key', 'execution', 'fingerprint', 'waiting', 'state', 'limit'] as const
const MOST_LISTED = 1000
const MOST_LINES = 1_000_000
const limitOption = (value: number): Option =>
  new Option('--limit <count>', 'rows at most').default(value).argParser((text) => inRange(text, 1, MOST_LISTED))

const MOST_STEPS = 64
const toPort = (text: string): number => inRange(text, 0, 65_000)
const MOST_GENERATED = 10_000_000
const toCount = (text: string): number => inRange(text, 0, MOST_GENERATED)

function inRange(text: string, low: number, high: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= low && value <= high) return value
  throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}.`)
}

function pick<Source extends object, Name extends keyof Source>(source: Source, names: readonly Name[]): Pick<Source, Name> {
  return Object.fromEntries(names.filter((name) => source[name] !== undefined).map((name) => [name, source[name]])) as Pick<Source, Name>
}
