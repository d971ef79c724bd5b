import type { Plugin } from '@p2c/dataverse'
import { needsNumber } from '../domain/record-number.ts'
import { drawNumbers } from './draw-numbers.ts'
import { whileInstalled } from './p2c/p2c-installed.ts'

/** A new row without number gets the next one of its sequence; a given number is kept. Source: Templates 5 S1, Sales 6.2 and 6.3. */
const numberPlugin = (table: string, column: string): Plugin => ({
  name: `${table} number`,
  table,
  message: 'create',
  stage: 'pre-operation',
  async run(events, context) {
    const unnumbered = events.filter((event) => needsNumber(event.target[column]))
    if (unnumbered.length === 0) return
    const numbers = await drawNumbers(context, table, unnumbered.length)
    unnumbered.forEach((event, at) => {
      event.target[column] = numbers[at] ?? null
    })
  },
})

/** The numbers of the Prospect to Cash solution: table and column. */
export const NUMBERED_TABLES = [
  { table: 'account', column: 'accountnumber' },
  { table: 'contact', column: 'msdynce_contactnumber' },
] as const

/** Numbers of accounts and contacts, drawn while the solution is installed. */
export const recordNumberPlugins: readonly Plugin[] = whileInstalled(
  NUMBERED_TABLES.map(({ table, column }) => numberPlugin(table, column)),
)
