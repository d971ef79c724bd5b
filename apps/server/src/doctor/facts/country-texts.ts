import type { FieldMapping } from '@p2c/engine'
import type { Fact } from '../fact.ts'
import type { LegUse } from '../needs.ts'
import { readFact } from '../side-client.ts'
import { WEB_API } from './odata-text.ts'
import type { ReadContext } from './read-context.ts'

/** The different texts that the rows of a leg carry in a country field. */
export interface SourceText {
  readonly use: LegUse
  readonly mapping: FieldMapping
  readonly values: Fact<readonly string[]>
}

/** Destination fields that take a country code. */
const COUNTRY_FIELD = /country/i

/** The country texts of every leg that starts at Sales, each field once: only rows that its filter lets through. */
export async function readCountryTexts({ client, needs, signal }: ReadContext): Promise<readonly SourceText[]> {
  const fields = needs.legs
    .filter(({ leg }) => leg.sourceEnvironmentType === 'CRM')
    .flatMap((use) =>
      use.leg.fieldMappings
        .filter((mapping) => COUNTRY_FIELD.test(mapping.destinationField ?? '') && (mapping.sourceField ?? '').includes('country'))
        .map((mapping) => ({ use, mapping })),
    )
  return Promise.all(
    fields.map(async ({ use, mapping }) => {
      const field = mapping.sourceField ?? ''
      const filter = use.leg.sourceFilter === undefined ? '' : `filter(${encodeURIComponent(use.leg.sourceFilter)})/`
      const path = `${WEB_API}/${use.leg.sourceSchema}?$apply=${filter}groupby((${field}))`
      const values = await readFact(
        async () =>
          (await client.rows(path)).flatMap((row) => (row[field] === null || row[field] === undefined ? [] : [String(row[field])])),
        signal,
      )
      return { use, mapping, values }
    }),
  )
}
