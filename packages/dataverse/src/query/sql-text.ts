/** A JavaScript text as SQL literal. Only for text of the platform itself; values of clients are parameters. */
export const sqlText = (text: string): string =>
  text.includes('\\') ? ` E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`

/** A JSON string as SQL literal: `'"Active"'`. */
export const sqlJsonText = (text: string): string => sqlText(JSON.stringify(text))

/** `concat` takes a hundred arguments at most. */
const MAX_ARGUMENTS = 90

/** Concatenation that treats null as nothing. */
export function sqlConcat(parts: readonly string[]): string {
  const chunks: string[] = []
  for (let at = 0; at < parts.length; at += MAX_ARGUMENTS) chunks.push(`concat(${parts.slice(at, at + MAX_ARGUMENTS).join(', ')})`)
  return chunks.length === 0 ? "''" : chunks.join(' || ')
}
