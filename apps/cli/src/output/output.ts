import Table from 'cli-table3'
import pc from 'picocolors'
import type { MessageKey, Messages, MessageValues } from '../messages/messages.ts'

export interface Column<Row> {
  readonly title: MessageKey
  readonly value: (row: Row) => string
  readonly align?: 'left' | 'right'
}

/** Where a command prints. With `--json` the only thing on standard output is the result, as one line of JSON. */
export interface Output {
  readonly json: boolean
  /** True where a person watches: progress bars and colours make sense. */
  readonly interactive: boolean
  line(key: MessageKey, values?: MessageValues): void
  text(text: string): void
  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void
  result(value: unknown): void
  /** The status word in its language, coloured on a terminal. */
  status(status: string): string
}

export interface OutputDeps {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly messages: Messages
  readonly json: boolean
  readonly colour: boolean
}

const PLAIN_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

export function createOutput(deps: OutputDeps): Output {
  const colours = pc.createColors(deps.colour)
  const write = (text: string): void => {
    deps.stdout.write(`${text}\n`)
  }
  const paint: Readonly<Record<string, (text: string) => string>> = {
    completed: colours.green,
    passed: colours.green,
    fixed: colours.green,
    warning: colours.yellow,
    error: colours.red,
    failed: colours.red,
    unknown: colours.dim,
    cancelled: colours.dim,
    skipped: colours.dim,
  }
  return {
    json: deps.json,
    interactive: !deps.json && deps.stdout.isTTY === true,
    line: (key, values) => {
      if (!deps.json) write(deps.messages.text(key, values))
    },
    text: (text) => {
      if (!deps.json) write(text)
    },
    table: (columns, rows) => {
      if (deps.json) return
      const table = new Table({
        head: columns.map((column) => colours.bold(deps.messages.text(column.title))),
        colAligns: columns.map((column) => column.align ?? 'left'),
        chars: PLAIN_BORDERS,
        style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      })
      for (const row of rows) table.push(columns.map((column) => column.value(row)))
      write(table.toString())
    },
    result: (value) => {
      if (deps.json) write(JSON.stringify(value))
    },
    status: (status) => (paint[status] ?? String)(deps.messages.text(`status.${status}` as MessageKey)),
  }
}
