import type { Result } from './measures/result.ts'

const HEAD = ['measure', 'bound', 'measured', 'ratio', 'met'] as const

const cellsOf = ({ measure, bound, measured, ratio, met }: Result): readonly string[] => [
  measure,
  bound ?? '',
  measured,
  ratio === undefined ? '' : ratio.toFixed(2),
  met === undefined ? '' : met ? 'yes' : 'NO',
]

/** The table for a terminal. */
export function toTable(results: readonly Result[]): string {
  const rows = [HEAD, ...results.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}

/** The same as Markdown. */
export function toMarkdown(results: readonly Result[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(HEAD), line(HEAD.map(() => '---')), ...results.map((result) => line(cellsOf(result)))].join('\n')
}

/** Whether every bound is met; a measure that could not be taken is a result that is not met. */
export const allMet = (results: readonly Result[]): boolean => results.every(({ met }) => met !== false)
