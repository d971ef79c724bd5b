import type { Facts } from '../facts/facts.ts'
import type { SubjectKeys } from '../facts/key-values.ts'
import { MOST_ROWS } from '../side-client.ts'
import { asExpected, type Check, failed, listed, passed, unless, type Verdict, warning } from '../verdict.ts'
import { writtenValue } from '../written-values.ts'

const SUBJECTS = [
  { id: 'account-numbers', entity: 'accounts', title: 'Account numbers are usable keys', side: 'sales' },
  { id: 'contact-numbers', entity: 'contacts', title: 'Contact numbers are usable keys', side: 'sales' },
  { id: 'quote-numbers', entity: 'quotes', title: 'Numbers of active quotes are usable keys', side: 'sales' },
  { id: 'order-numbers', entity: 'salesorders', title: 'Order numbers of Sales are usable keys', side: 'sales' },
  { id: 'product-numbers', entity: 'SellableReleasedProducts', title: 'Product numbers are usable keys', side: 'supply-chain' },
  {
    id: 'supply-chain-order-numbers',
    entity: 'CDSSalesOrderHeaders',
    title: 'Order numbers of Supply Chain are usable keys',
    side: 'supply-chain',
  },
  {
    id: 'invoice-numbers',
    entity: 'ExternallyMaintainedCustomerSalesInvoiceHeaders',
    title: 'Invoice numbers are usable keys',
    side: 'supply-chain',
  },
] as const

const keysOf = ({ sales, supplyChain }: Facts, entity: string): readonly SubjectKeys[] =>
  [...sales.keys, ...supplyChain.keys].filter((keys) => keys.entity === entity)

/** Keys held against the rows that are there (integration specification 4.2), and texts that no mapping knows. */
export const KEY_CHECKS: readonly Check<Facts>[] = [
  ...SUBJECTS.map(
    ({ id, entity, title, side }): Check<Facts> => ({
      id,
      title,
      side,
      applies: (facts) => keysOf(facts, entity).length > 0,
      judge: (facts) => judgeKeys(keysOf(facts, entity)),
    }),
  ),
  {
    id: 'account-and-contact-numbers',
    title: 'No contact has the number of an account',
    side: 'sales',
    applies: (facts) => keysOf(facts, 'accounts').length > 0 && keysOf(facts, 'contacts').length > 0,
    judge: (facts) => {
      const [accounts] = keysOf(facts, 'accounts')
      const [contacts] = keysOf(facts, 'contacts')
      const unread = [accounts, contacts].find((keys) => keys?.profile.known === false)?.profile
      if (unread !== undefined && !unread.known) return { status: 'unknown', expected: 'none', found: unread.reason }
      const shared = [...(contacts?.values ?? [])].filter((number) => accounts?.values.has(number))
      return unless(shared, {
        expected: 'none',
        found: `on both: ${listed(shared)}`,
        remedy: 'Give the contact another number: both become customers, and one would overwrite the other.',
      })
    },
  },
  {
    id: 'number-collisions-of-companies',
    title: 'Numbers of several legal entities do not meet in Sales',
    side: 'supply-chain',
    applies: ({ needs, supplyChain }) => needs.companies.length > 1 && supplyChain.keys.length > 0,
    judge: judgeCompanies,
  },
  {
    id: 'country-texts',
    title: 'Country texts of Sales are known to the mappings',
    side: 'sales',
    applies: ({ sales }) => sales.countryTexts.length > 0,
    judge: judgeCountries,
  },
]

function judgeKeys(subjects: readonly SubjectKeys[]): Verdict {
  const [first] = subjects
  const expected = `each row its own ${first?.field ?? 'key'}, at most ${first?.maxLength ?? 0} characters, without blanks around`
  const unread = subjects.find(({ profile }) => !profile.known)?.profile
  if (unread !== undefined && !unread.known) return { status: 'unknown', expected, found: unread.reason }
  const of = (words: string, pick: (profile: Profile) => readonly string[]) =>
    subjects.flatMap(({ profile, company }) =>
      profile.known ? pick(profile.value).map((value) => `${words}${company === '' ? '' : ` in ${company}`}: ${value}`) : [],
    )
  const items = [
    ...of('several rows', ({ duplicates }) => duplicates),
    ...of('differs in case alone', ({ caseCollisions }) => caseCollisions),
    ...of('blanks around', ({ padded }) => padded.map((value) => JSON.stringify(value))),
    ...of('too long', ({ tooLong }) => tooLong),
  ]
  const remedy = `Correct ${first?.field} in ${first?.entity}: rows with one key would become one row on the other side.`
  if (items.length > 0) return failed({ expected, found: listed(items), items, remedy })
  const count = (pick: (profile: Profile) => number) =>
    subjects.reduce((sum, { profile }) => sum + (profile.known ? pick(profile.value) : 0), 0)
  const blanks = count((profile) => profile.blanks)
  const rows = count((profile) => profile.rows)
  const longest = subjects.flatMap(({ profile }) => (profile.known ? [profile.value.longest.length] : []))
  const found = `${rows} rows, longest ${Math.max(0, ...longest)} characters`
  if (rows >= MOST_ROWS) return { status: 'unknown', expected, found: `${found}: as expected, but no more than these were looked at` }
  if (blanks === 0) return passed(expected, found)
  return warning({
    expected,
    found: `${found}, ${blanks} without a key`,
    remedy: `Rows without ${first?.field} are not read: give them one.`,
  })
}

type Profile = Extract<SubjectKeys['profile'], { known: true }>['value']

/** A product that several companies release is one product; documents are not. */
const SHARED_ACROSS_COMPANIES = ['SellableReleasedProducts']

function judgeCompanies({ supplyChain }: Facts): Verdict {
  const expected = 'no order or invoice number in two legal entities'
  const entities = [...new Set(supplyChain.keys.map(({ entity }) => entity))].filter((entity) => !SHARED_ACROSS_COMPANIES.includes(entity))
  const items = entities.flatMap((entity) => {
    const seen = new Map<string, string>()
    return supplyChain.keys
      .filter((keys) => keys.entity === entity)
      .flatMap(({ values, company }) =>
        [...values].flatMap((value) => {
          const other = seen.get(value)
          seen.set(value, other ?? company)
          return other === undefined ? [] : [`${value} of ${entity} in ${other} and ${company}`]
        }),
      )
  })
  return unless(items, {
    expected,
    found: listed(items),
    remedy: 'Give the number sequences of the legal entities different formats: in Sales a number is one document.',
  })
}

function judgeCountries({ sales }: Facts): Verdict {
  const expected = 'every text is a country that the mapping knows'
  const unread = sales.countryTexts.find(({ values }) => !values.known)?.values
  if (unread !== undefined && !unread.known) return { status: 'unknown', expected, found: unread.reason }
  const items = sales.countryTexts.flatMap(({ use, mapping, values }) =>
    (values.known ? values.value : [])
      .filter((text) => !writtenValue(mapping, text).ok)
      .map((text) => `${JSON.stringify(text)} in ${mapping.sourceField} of ${use.leg.sourceSchema}`),
  )
  const distinctItems = [...new Set(items)]
  if (distinctItems.length === 0) return asExpected(expected)
  return warning({
    expected,
    found: listed(distinctItems),
    items: distinctItems,
    remedy: 'Correct the address in Sales, or add the text as an alias to the mapping: these rows end as value-not-mapped.',
  })
}
