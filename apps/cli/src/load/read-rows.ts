import type { ApplicationClient } from './http.ts'

interface Page<Row> {
  readonly value: readonly Row[]
  readonly '@odata.nextLink'?: string
}

/** All rows of a path, page after page; what the caller says of their shape is believed. */
export async function readRows<Row>(client: ApplicationClient, path: string): Promise<Row[]> {
  const rows: Row[] = []
  for (let next: string | undefined = path; next !== undefined; ) {
    const page = (await client.json('GET', next)) as Page<Row>
    for (const row of page.value) rows.push(row)
    const link: string | undefined = page['@odata.nextLink']
    next = link === undefined ? undefined : pathOf(link)
  }
  return rows
}

const pathOf = (link: string): string => `${new URL(link).pathname}${new URL(link).search}`

/** A text as a literal of OData. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
