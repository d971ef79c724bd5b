import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from '../command-list.ts'
import { MESSAGES, type MessageCode } from '../domain/messages.ts'
import { parametersOf } from './describe-command.ts'

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'reference', 'supply-chain-commands.md'), 'utf8')

/** Cells of the rows that begin with a command. */
const ROWS = [...PAGE.matchAll(/^\| `([a-z-]+)` \|(.*)\|$/gm)].map(([, name = '', rest = '']) => ({
  name,
  cells: rest.split('|').map((cell) => cell.trim()),
}))

test('the reference of commands has a row for each command, and for nothing else', () => {
  expect(ROWS.map(({ name }) => name).toSorted()).toEqual(COMMANDS.map(({ name }) => name).toSorted())
})

test.each(COMMANDS)('the reference names the operation, the parameters and refusals of $name', (command) => {
  const [operation, does, parameters, refusals = ''] = ROWS.find(({ name }) => name === command.name)?.cells ?? []
  const named = parametersOf(command).filter(({ name }) => name !== 'dataAreaId')
  expect(operation).toBe(`\`${command.operation.name}\``)
  expect(does).toBe(command.summary.replace(/\.$/, ''))
  expect(parameters).toBe(named.map(({ name, isOptional }) => (isOptional ? `[\`${name}\`]` : `\`${name}\``)).join(' '))
  for (const code of refusals.split(' ').filter((each) => each !== ''))
    expect(PAGE, code).toContain(`| ${code} | ${MESSAGES[code as MessageCode]} |`)
})
