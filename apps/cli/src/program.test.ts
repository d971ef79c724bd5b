import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { type Command, CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { createProgram } from './program.ts'

/** The program with every action replaced by one that remembers the options; nothing is run. */
async function parse(...args: readonly string[]): Promise<Record<string, unknown> | CommanderError> {
  const silent = new PassThrough()
  const program = createProgram({ env: {}, stdout: silent, stderr: silent, version: '1.2.3', onExit: () => undefined })
  let seen: Record<string, unknown> = {}
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)]
  for (const command of all(program)) {
    command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    if (command.commands.length === 0) {
      command.action(() => {
        seen = { ...command.opts(), arguments: command.args }
      })
    }
  }
  return program.parseAsync(['node', 'p2c', ...args]).then(
    () => seen,
    (error: unknown) => {
      if (error instanceof CommanderError) return error
      throw error
    },
  )
}

const PARSED: readonly (readonly [string, Record<string, unknown>])[] = [
  ['start', { data: './.p2c', portBase: 4000, role: 'all', arguments: [] }],
  ['start --host 10.0.0.5 --workers 0', { host: '10.0.0.5', workers: 0, role: 'all' }],
  ['start --role worker --key-file ./k --workers 64 --health-port 0', { role: 'worker', keyFile: './k', workers: 64, healthPort: 0 }],
  ['start --port-base 0 --data /srv --json --lang pt-BR', { data: '/srv', portBase: 0, json: true, lang: 'pt-BR' }],
  ['start --port-base=65000', { portBase: 65_000 }],
  ['token supply-chain', { arguments: ['supply-chain'] }],
  ['run accounts', { arguments: ['accounts'] }],
  ['run accounts --all-data --rewrite', { allData: true, rewrite: true }],
  ['run --all', { all: true, connectionSet: 'local', arguments: [] }],
  ['run --all --connection-set local-two-hop', { all: true, connectionSet: 'local-two-hop' }],
  ['executions', { limit: 20, arguments: [] }],
  ['executions abc --project p --status warning --limit 1000', { limit: 1000, project: 'p', status: 'warning', arguments: ['abc'] }],
  ['errors', { limit: 100 }],
  ['errors --project p --task t --code c --key k --state waiting', { project: 'p', task: 't', code: 'c', key: 'k', state: 'waiting' }],
  ['compare contacts --limit 7', { limit: 7, arguments: ['contacts'] }],
  ['explain order SO-000017', { arguments: ['order', 'SO-000017'] }],
  ['explain contact C-1 --line 0 --connection-set other', { line: 0, connectionSet: 'other', arguments: ['contact', 'C-1'] }],
  ['doctor', { arguments: [] }],
  ['doctor local-two-hop --fix', { fix: true, arguments: ['local-two-hop'] }],
  ['solution status', { data: './.p2c', arguments: [] }],
  ['solution install', { arguments: [] }],
  ['solution install 1.15.0.0 --json', { json: true, arguments: ['1.15.0.0'] }],
  ['solution uninstall --lang es', { lang: 'es' }],
  ['load sample', { accounts: 1000, seed: 1 }],
  ['load sample --accounts 0 --seed 0', { accounts: 0, seed: 0 }],
  ['load adventureworks ./folder', { arguments: ['./folder'] }],
  ['load adventureworks --orders --limit 100 --change 5', { orders: true, limit: 100, change: 5, arguments: [] }],
  ['demo', { data: './.p2c' }],
  ['order confirm SO-000017', { line: [], set: [], arguments: ['confirm', 'SO-000017'] }],
  [
    'order pack SO-1 --company usmf --line 1=5 --line LOT-2=2.5 --rule Picked --date 2025-02-11 --json',
    {
      company: 'usmf',
      line: [
        { lineCreationSequenceNumber: 1, quantity: '5' },
        { inventoryLotId: 'LOT-2', quantity: '2.5' },
      ],
      rule: 'Picked',
      date: '2025-02-11',
      json: true,
    },
  ],
  ['order hold 000123 --set holdCode=Credit --set comment=a=b', { set: [{ name: 'holdCode' }, { name: 'comment', value: 'a=b' }] }],
  ['command', { arguments: [], set: [] }],
  ['command post-payment-journal --set journalBatchNumber=1', { arguments: ['post-payment-journal'] }],
]

test.each(PARSED)('p2c %s', async (line, expected) => {
  expect(await parse(...line.split(' '))).toMatchObject(expected)
})

const REFUSED: readonly (readonly [string, string])[] = [
  ['start --port-base -1', 'commander.invalidArgument'],
  ['start --role portal', 'commander.invalidArgument'],
  ['start --workers 65', 'commander.invalidArgument'],
  ['start --role worker --health-port 70000', 'commander.invalidArgument'],
  ['start --port-base 65001', 'commander.invalidArgument'],
  ['start --port-base 1e3', 'commander.invalidArgument'],
  ['start --port-base 0x10', 'commander.invalidArgument'],
  ['start --port-base 9999999999', 'commander.invalidArgument'],
  ['load sample --accounts 10000001', 'commander.invalidArgument'],
  ['load sample --seed two', 'commander.invalidArgument'],
  ['errors --limit 0', 'commander.invalidArgument'],
  ['errors --state gone', 'commander.invalidArgument'],
  ['token nobody', 'commander.invalidArgument'],
  ['run', 'commander.error'],
  ['run accounts --all', 'commander.error'],
  ['run accounts --connection-set local', 'commander.error'],
  ['explain order', 'commander.missingArgument'],
  ['explain order SO-1 --line x', 'commander.invalidArgument'],
  ['doctor a b', 'commander.excessArguments'],
  ['load adventureworks --orders --change 101', 'commander.invalidArgument'],
  ['run a b', 'commander.excessArguments'],
  ['solution', 'commander.help'],
  ['solution remove', 'commander.unknownCommand'],
  ['solution install a b', 'commander.excessArguments'],
  ['load', 'commander.help'],
  ['load nothing', 'commander.unknownCommand'],
  ['nothing', 'commander.unknownCommand'],
  ['order', 'commander.missingArgument'],
  ['order confirm', 'commander.missingArgument'],
  ['order sell SO-1', 'commander.invalidArgument'],
  ['order pack SO-1 --line 1=five', 'commander.invalidArgument'],
  ['order pack SO-1 --set date', 'commander.invalidArgument'],
  ['command a b', 'commander.excessArguments'],
  ['run a --nothing', 'commander.unknownOption'],
  ['run a --data', 'commander.optionMissingArgument'],
]

test.each(REFUSED)('p2c %s is wrong use', async (line, code) => {
  const error = await parse(...line.split(' '))
  expect(error).toBeInstanceOf(CommanderError)
  expect(error).toMatchObject({ code, exitCode: 1 })
})

test('every option of every command is on the page of the settings', () => {
  const page = readFileSync(new URL('../../../docs/reference/settings.md', import.meta.url), 'utf8')
  const rows = page.split('\n').flatMap((line) => (line.startsWith('| `--') ? [line.split('|').slice(1, 3)] : []))
  const isOnPage = (path: string, flag: string) =>
    rows.some(([flags = '', commands = '']) => flags.includes(`\`${flag}`) && (commands.trim() === 'all' || commands.includes(`\`${path}`)))
  const silent = new PassThrough()
  const program = createProgram({ env: {}, stdout: silent, stderr: silent, version: '1.2.3', onExit: () => undefined })
  const leaves = (command: Command, path: string): (readonly [string, Command])[] =>
    command.commands.length === 0 ? [[path, command]] : command.commands.flatMap((each) => leaves(each, `${path} ${each.name()}`.trim()))
  const options = leaves(program, '').flatMap(([path, command]) => command.options.map(({ long }) => [path, long ?? ''] as const))
  expect(options.length).toBeGreaterThan(60)
  expect(options.filter(([path, flag]) => !isOnPage(path, flag))).toEqual([])
})
