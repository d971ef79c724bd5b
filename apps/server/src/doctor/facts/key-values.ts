import type { Fact } from '../fact.ts'
import { type KeyProfile, profileKeys } from '../key-profile.ts'
import { MOST_ROWS, readFact, type SideClient } from '../side-client.ts'
import { companyFilter, WEB_API } from './odata-text.ts'
import type { ReadContext } from './read-context.ts'

/** Which rows' keys are looked at, and how long the other side lets them be. */
interface KeySubject {
  readonly entity: string
  readonly field: string
  readonly maxLength: number
  /** Rows that leave; others may carry what they like. */
  readonly filter?: string
}

/** Lengths of the other side: Supply Chain specification 2.16; of Sales columns templates specification 2.1. */
const SALES_SUBJECTS: readonly KeySubject[] = [
  { entity: 'accounts', field: 'accountnumber', maxLength: 20 },
  { entity: 'contacts', field: 'msdynce_contactnumber', maxLength: 20 },
  // The revisions of a quote share its number; at most one of them is active.
  { entity: 'quotes', field: 'quotenumber', maxLength: 20, filter: 'statecode eq 1' },
  { entity: 'salesorders', field: 'ordernumber', maxLength: 20 },
]

const SUPPLY_CHAIN_SUBJECTS: readonly KeySubject[] = [
  { entity: 'SellableReleasedProducts', field: 'ProductNumber', maxLength: 100 },
  { entity: 'CDSSalesOrderHeaders', field: 'SalesOrderNumber', maxLength: 100 },
  { entity: 'ExternallyMaintainedCustomerSalesInvoiceHeaders', field: 'InvoiceNumber', maxLength: 100 },
]

/** The values of a key, one for each row, and what they look like. */
export interface SubjectKeys {
  readonly entity: string
  readonly field: string
  readonly maxLength: number
  /** One company of Supply Chain; blank at Sales. */
  readonly company: string
  readonly profile: Fact<KeyProfile>
  /** Every value, folded, for comparisons between subjects. */
  readonly values: ReadonlySet<string>
}

export async function readSalesKeys({ client, needs, signal }: ReadContext): Promise<readonly SubjectKeys[]> {
  const subjects = SALES_SUBJECTS.filter(({ entity }) => needs.sources.CRM.includes(entity))
  return Promise.all(
    subjects.map((subject) => {
      const filter = subject.filter === undefined ? '' : `&$filter=${subject.filter}`
      const path = `${WEB_API}/${subject.entity}?$select=${subject.field}${filter}`
      return readSubject({ client, signal }, { ...subject, company: '' }, path)
    }),
  )
}

export async function readSupplyChainKeys({ client, needs, signal }: ReadContext): Promise<readonly SubjectKeys[]> {
  const subjects = SUPPLY_CHAIN_SUBJECTS.filter(({ entity }) => needs.sources.AX.includes(entity))
  return Promise.all(
    subjects.flatMap((subject) =>
      needs.companies.map((company) => {
        const path = `/data/${subject.entity}?cross-company=true&$select=${subject.field}&$filter=${companyFilter(company)}`
        return readSubject({ client, signal }, { ...subject, company }, path)
      }),
    ),
  )
}

async function readSubject(
  { client, signal }: { readonly client: SideClient; readonly signal: AbortSignal },
  subject: KeySubject & { readonly company: string },
  path: string,
): Promise<SubjectKeys> {
  const { entity, field, maxLength, company } = subject
  const values = new Set<string>()
  const profile = await readFact(async () => {
    const texts: string[] = []
    // Only the texts are kept: the rows of a large table are many times as big.
    for await (const page of client.pages(path)) {
      for (const row of page) texts.push(row[field] === null || row[field] === undefined ? '' : String(row[field]))
      if (texts.length >= MOST_ROWS) break
    }
    for (const text of texts) if (text.trim() !== '') values.add(text.trim().toLowerCase())
    return profileKeys(texts, { maxLength })
  }, signal)
  return { entity, field, maxLength, company, profile, values }
}
