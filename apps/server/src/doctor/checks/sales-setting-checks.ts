import { together } from '../fact.ts'
import type { Facts } from '../facts/facts.ts'
import { WEB_API } from '../facts/odata-text.ts'
import { asExpected, type Check, failed, judging, listed, passed, unless, type Verdict, warning } from '../verdict.ts'

const LINE_ITEM = 0
const PER_UNIT = 1
const METHOD_NAMES = new Map<unknown, string>([
  [LINE_ITEM, 'Line item'],
  [PER_UNIT, 'Per unit'],
])

const patch = (facts: Facts, body: unknown) => {
  const id = facts.sales.organization.known ? facts.sales.organization.value.organizationid : undefined
  return typeof id === 'string'
    ? { fix: [{ environmentType: 'CRM', method: 'PATCH', path: `${WEB_API}/organizations(${id})`, body }] as const }
    : {}
}

/** Quotes and orders that go to Supply Chain through the hub carry a discount per unit and a date (templates specification, 7.5, 8.6). */
const wantsPerUnit = ({ needs }: Facts): boolean =>
  needs.usesHub && !needs.usesDirect && (needs.moves.quotesToSupplyChain || needs.moves.ordersToSupplyChain)

/** Settings of Sales and what its solution has done at its installation (templates specification 4, 5; Sales specification 6.8). */
export const SALES_SETTING_CHECKS: readonly Check<Facts>[] = [
  {
    id: 'system-pricing',
    title: 'Use system pricing calculation is Yes',
    side: 'sales',
    judge: (facts) =>
      judging(facts.sales.organization, { expected: 'Yes' }, ({ oobpricecalculationenabled: value }) =>
        value === true
          ? passed('Yes', 'Yes')
          : failed({
              expected: 'Yes',
              found: value === false ? 'No' : String(value),
              remedy: 'Settings, Administration, System settings, Sales: set Use system pricing calculation to Yes.',
              ...patch(facts, { oobpricecalculationenabled: true }),
            }),
      ),
  },
  { id: 'discount-method', title: 'The discount calculation method is that of the templates', side: 'sales', judge: judgeDiscountMethod },
  {
    id: 'upgrade-script',
    title: 'The upgrade script of the solution has run',
    side: 'sales',
    judge: ({ sales }) =>
      judging(
        together({ generators: sales.numberGenerators, unfinished: sales.unfinishedUpgrade }),
        { expected: 'number generators for accounts and contacts, no row without its number' },
        ({ generators, unfinished }) => {
          const missing = ['account', 'contact']
            .filter((entity) => !generators.includes(entity))
            .map((entity) => `no active number generator for ${entity}s`)
          const items = [...missing, ...unfinished]
          return unless(items, {
            expected: 'number generators for accounts and contacts, no row without its number',
            found: listed(items),
            remedy: sales.isLocal
              ? 'Install the solution again, which goes on with its scripts: p2c solution install.'
              : 'Import the solution again; what stays without a number was made while its rules were off: give it one.',
            ...(sales.isLocal && { fix: [{ environmentType: 'CRM', method: 'POST', path: '/local/solution', body: {} }] as const }),
          })
        },
      ),
  },
  {
    id: 'draft-products',
    title: 'Products from Supply Chain are published',
    side: 'sales',
    applies: ({ needs }) => needs.moves.products,
    judge: ({ sales }) =>
      judging(sales.draftProducts, { expected: 'none is a draft' }, (drafts) =>
        drafts.length === 0
          ? asExpected('none is a draft')
          : warning({
              expected: 'none is a draft',
              found: `${drafts.length} drafts: ${listed(drafts)}`,
              items: drafts,
              remedy:
                'Publish them: quotes and orders take active products only. The setting Create products in active state makes new ones active.',
            }),
      ),
  },
  {
    id: 'requested-delivery-dates',
    title: 'Quotes and orders that leave have a requested delivery date',
    side: 'sales',
    applies: wantsPerUnit,
    judge: ({ sales }) =>
      judging(sales.undatedDocuments, { expected: 'each has one' }, (numbers) =>
        numbers.length === 0
          ? asExpected('each has one')
          : warning({
              expected: 'each has one',
              found: `none on ${listed(numbers)}`,
              items: numbers,
              remedy: 'Enter the date in Sales: the two-hop templates send 1/1/2020 in its place.',
            }),
      ),
  },
]

function judgeDiscountMethod(facts: Facts): Verdict {
  const { needs, sales } = facts
  const wanted = wantsPerUnit(facts) ? PER_UNIT : LINE_ITEM
  const expected = `${METHOD_NAMES.get(wanted)}${wanted === PER_UNIT ? ', for two-hop quotes and orders' : ''}`
  return judging(sales.organization, { expected }, ({ discountcalculationmethod: value }) => {
    const found = METHOD_NAMES.get(value) ?? String(value)
    if (value === wanted) return passed(expected, found)
    const remedy = `Settings, Administration, System settings, Sales: set the discount calculation method to ${METHOD_NAMES.get(wanted)}.`
    // What the direct projects next door need is not broken for those of the older generation.
    if (wanted === PER_UNIT && needs.sharedWithDirect.length > 0)
      return warning({
        expected,
        found: `${found}, which the direct projects of ${listed(needs.sharedWithDirect)} need`,
        remedy:
          'Line discounts of two-hop documents with a quantity over 1 differ. Let only one generation move quotes and orders, or give each its own Sales.',
      })
    return failed({ expected, found, remedy, ...patch(facts, { discountcalculationmethod: wanted }) })
  })
}
