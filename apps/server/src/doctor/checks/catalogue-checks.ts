import { type Fact, known, mapFact, together } from '../fact.ts'
import type { Facts } from '../facts/facts.ts'
import { WEB_API } from '../facts/odata-text.ts'
import { distinct, mappingsTo } from '../needs.ts'
import { asExpected, type Check, type FixStep, judging, listed, unless, type Verdict, warning } from '../verdict.ts'
import { knownValues, originOf, writtenThrough } from '../written-values.ts'

/** Currencies, price lists and units that both sides must share (templates specification 7.4, 9.4, 9.5, 10). */
export const CATALOGUE_CHECKS: readonly Check<Facts>[] = [
  {
    id: 'currencies-in-sales',
    title: 'Currencies of products, orders and invoices are active in Sales',
    side: 'sales',
    judge: judgeSalesCurrencies,
  },
  {
    id: 'currencies-in-supply-chain',
    title: 'Active currencies of Sales exist in Supply Chain',
    side: 'supply-chain',
    judge: judgeSupplyChainCurrencies,
  },
  {
    id: 'product-price-lists',
    title: 'Every product currency has an active price list',
    side: 'sales',
    applies: ({ needs }) => needs.moves.products,
    judge: judgeProductLists,
  },
  {
    id: 'mapped-price-lists',
    title: 'Price lists that the mappings name exist, are active and have the currency',
    side: 'sales',
    applies: ({ needs }) => mappingsTo(needs, 'CRM', ['pricelevelid.name']).length > 0,
    judge: judgeMappedLists,
  },
  {
    id: 'unit-group',
    title: 'The unit group that the mappings name exists',
    side: 'sales',
    applies: ({ needs }) => mappingsTo(needs, 'CRM', ['defaultuomscheduleid.name']).length > 0,
    judge: judgeUnitGroup,
  },
  {
    id: 'units',
    title: 'Every selling unit is mapped to a unit of the group, and back',
    side: 'both',
    applies: ({ needs }) => mappingsTo(needs, 'CRM', ['defaultuomid.name']).length > 0,
    judge: judgeUnits,
  },
]

/** The values of all companies, each once. */
const ofCompanies = (
  facts: Facts,
  pick: (company: Facts['supplyChain']['companies'][number]) => Fact<readonly string[]>,
): Fact<readonly string[]> => {
  const each = facts.supplyChain.companies.map(pick)
  const missing = each.find((fact) => !fact.known)
  if (missing !== undefined) return missing
  if (each.length === 0 && !facts.supplyChain.application.known) return facts.supplyChain.application
  return known(distinct(each.flatMap((fact) => (fact.known ? fact.value : []))))
}

const productCurrencies = (facts: Facts) => ofCompanies(facts, (company) => company.productCurrencies)
const documentCurrencies = (facts: Facts) => ofCompanies(facts, (company) => company.documentCurrencies)

const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()

function judgeSalesCurrencies(facts: Facts): Verdict {
  const used = together({ products: productCurrencies(facts), documents: documentCurrencies(facts), there: facts.sales.currencies })
  const expected = 'each of them is active'
  return judging(used, { expected }, ({ products, documents, there }) => {
    const wanted = distinct([...products, ...documents])
    const missing = wanted.filter((code) => !there.some((currency) => currency.isActive && same(currency.code, code)))
    return unless(missing, {
      expected: wanted.length === 0 ? 'none is in use yet' : listed(wanted, 20),
      found: `not active in Sales: ${listed(missing)}`,
      remedy: 'Settings, Business management, Currencies: add them with their exchange rates, or activate them.',
    })
  })
}

function judgeSupplyChainCurrencies({ sales, supplyChain }: Facts): Verdict {
  const both = together({ sales: sales.currencies, there: supplyChain.currencies })
  return judging(both, { expected: 'each of them exists' }, (currencies) => {
    const active = currencies.sales.filter((currency) => currency.isActive).map((currency) => currency.code)
    const missing = active.filter((code) => !currencies.there.some((one) => same(one, code)))
    if (missing.length === 0) return asExpected(listed(active, 20))
    const remedy =
      'General ledger, Currencies: add them with their exchange rates; until then customers and documents in these currencies are refused.'
    return warning({ expected: listed(active, 20), found: `not in Supply Chain: ${listed(missing)}`, items: missing, remedy })
  })
}

function judgeProductLists(facts: Facts): Verdict {
  const { sales } = facts
  const all = together({ used: productCurrencies(facts), currencies: sales.currencies, lists: sales.priceLists })
  return judging(all, { expected: 'one active price list for each currency' }, ({ used, currencies, lists }) => {
    const idOf = (code: string) => currencies.find((currency) => same(currency.code, code))?.id
    const missing = used.filter((code) => !lists.some((list) => list.isActive && list.currencyId === idOf(code)))
    return unless(missing, {
      expected: used.length === 0 ? 'no product is sellable yet' : `an active price list in ${listed(used, 20)}`,
      found: `none in ${listed(missing)}`,
      remedy: 'Make a price list in the currency, or activate one: without it products are refused with price-list-missing.',
      fix: missing.flatMap((code) => newPriceList(`Price list ${code}`, idOf(code))),
    })
  })
}

const newPriceList = (name: string, currencyId: string | undefined): readonly FixStep[] =>
  currencyId === undefined
    ? []
    : [
        {
          environmentType: 'CRM',
          method: 'POST',
          path: `${WEB_API}/pricelevels`,
          body: { name, 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${currencyId})` },
        },
      ]

interface NamedList {
  readonly name: string
  /** The currency that leads to it; undefined for a list that is named whatever the currency. */
  readonly currency: string | undefined
}

/** What each mapping makes of each currency, and what it names in any case. */
function namedLists(
  { needs }: Facts,
  currencies: readonly string[],
): { readonly lists: readonly NamedList[]; readonly unmapped: readonly string[] } {
  const uses = mappingsTo(needs, 'CRM', ['pricelevelid.name'])
  const results = uses.flatMap((use) => currencies.map((currency) => ({ currency, written: writtenThrough(use, use.mapping, currency) })))
  const known = uses.flatMap((use) => knownValues(use, use.mapping))
  const mapped = results.flatMap(({ currency, written }) =>
    written.ok && written.value !== null ? [{ name: written.value, currency }] : [],
  )
  const others = known.filter((name) => !mapped.some((list) => same(list.name, name))).map((name) => ({ name, currency: undefined }))
  const lists = [...mapped, ...others].filter(
    (list, at, all) => all.findIndex((one) => same(one.name, list.name) && one.currency === list.currency) === at,
  )
  return { lists, unmapped: distinct(results.flatMap(({ currency, written }) => (written.ok && written.value !== null ? [] : [currency]))) }
}

function judgeMappedLists(facts: Facts): Verdict {
  const { sales } = facts
  const all = together({ used: documentCurrencies(facts), currencies: sales.currencies, lists: sales.priceLists })
  return judging(all, { expected: 'each of them is active' }, ({ used, currencies, lists }) => {
    const wanted = namedLists(facts, used)
    const idOf = (code: string) => currencies.find((currency) => same(currency.code, code))?.id
    const problem = ({ name, currency }: NamedList): string | undefined => {
      const found = lists.find((list) => same(list.name, name))
      if (found === undefined) return `'${name}' does not exist`
      if (!found.isActive) return `'${name}' is not active`
      return currency !== undefined && found.currencyId !== idOf(currency) ? `'${name}' is in another currency than ${currency}` : undefined
    }
    const wrong = wanted.lists.flatMap((list) => problem(list) ?? [])
    const items = [...wanted.unmapped.map((code) => `${code} has no entry in the value map`), ...wrong]
    const missing = wanted.lists.filter(({ name }) => !lists.some((list) => same(list.name, name)))
    return unless(items, {
      expected: listed(distinct(wanted.lists.map((list) => list.name)), 10),
      found: listed(items),
      remedy: 'Make or activate the price list in its currency, or name another one in the value map of pricelevelid.name in the project.',
      // A list that a map names for one currency alone: the currency is the key that leads there.
      fix: missing.flatMap(({ name, currency }) => newPriceList(name, idOf(currency ?? currencyLeadingTo(facts, name) ?? ''))),
    })
  })
}

/** The key of a value map behind which a name stands. */
function currencyLeadingTo({ needs }: Facts, name: string): string | undefined {
  const maps = mappingsTo(needs, 'CRM', ['pricelevelid.name']).flatMap(({ mapping }) => mapping.valueTransforms ?? [])
  for (const { valueMap } of maps) {
    if (typeof valueMap !== 'object' || valueMap === null) continue
    const entry = Object.entries(valueMap).find(([, value]) => typeof value === 'string' && same(value, name))
    if (entry !== undefined) return entry[0]
  }
  return undefined
}

const groupsNamed = ({ needs }: Facts): readonly string[] =>
  distinct(mappingsTo(needs, 'CRM', ['defaultuomscheduleid.name']).flatMap((use) => knownValues(use, use.mapping)))

function judgeUnitGroup(facts: Facts): Verdict {
  const wanted = groupsNamed(facts)
  return judging(facts.sales.unitGroups, { expected: listed(wanted) }, (groups) => {
    const missing = wanted.filter((name) => !groups.some((group) => same(group.name, name)))
    return unless(missing, {
      expected: listed(wanted),
      found: `not found: ${listed(missing)}; there are ${listed(groups.map((group) => group.name))}`,
      remedy: 'Make the unit group in Sales, or name yours as defaultuomscheduleid.name in the project of products.',
      fix: missing.map((name) => ({
        environmentType: 'CRM',
        method: 'POST',
        path: `${WEB_API}/uomschedules`,
        body: { name, baseuomname: 'Primary Unit' },
      })),
    })
  })
}

/** What a unit of Supply Chain becomes in Sales, and what that becomes again. */
function judgeUnits(facts: Facts): Verdict {
  const { sales, supplyChain } = facts
  const groups = groupsNamed(facts)
  const all = together({
    used: ofCompanies(facts, (company) => company.sellingUnits),
    units: sales.units,
    groups: mapFact(sales.unitGroups, (known) => known.filter((group) => groups.some((name) => same(name, group.name)))),
    symbols: supplyChain.units,
  })
  return judging(all, { expected: 'a unit of the group for each' }, ({ used, units, groups: found, symbols }) => {
    const { unmapped, written } = unitsWritten(facts, used)
    const there = units.filter((unit) => found.some((group) => group.id === unit.groupId))
    const missing = written.filter((name) => !there.some((unit) => same(unit.name, name)))
    const lost = written.filter((name) => !leadsBack(facts, name, symbols))
    const items = [
      ...unmapped.map((symbol) => `${symbol} has no entry in the unit map`),
      ...missing.map((name) => `Sales has no unit '${name}' in ${listed(groups)}`),
      ...lost.map((name) => `'${name}' does not lead back to a unit of Supply Chain`),
    ]
    const [group] = found
    return unless(items, {
      expected: used.length === 0 ? 'no product is sellable yet' : `units for ${listed(used, 20)}`,
      found: listed(items),
      remedy: 'Add the unit to the unit group in Sales, or the entry to the unit map of the project.',
      fix: group === undefined ? [] : missing.map((name) => newUnit(name, group.id)),
    })
  })
}

/** Names that the mappings of products make of the symbols, and symbols that they make nothing of. */
function unitsWritten(
  { needs }: Facts,
  symbols: readonly string[],
): { readonly written: readonly string[]; readonly unmapped: readonly string[] } {
  const uses = mappingsTo(needs, 'CRM', ['defaultuomid.name'])
  const names = symbols.flatMap((symbol) => uses.map((use) => ({ symbol, name: writtenThrough(use, use.mapping, symbol) })))
  return {
    written: distinct(names.flatMap(({ name }) => (name.ok && name.value !== null ? [name.value] : []))),
    unmapped: distinct(names.flatMap(({ symbol, name }) => (name.ok && name.value !== null ? [] : [symbol]))),
  }
}

/** True where every mapping that takes the unit of a line back makes a unit of it that Supply Chain has. */
const leadsBack = ({ needs }: Facts, name: string, symbols: readonly string[]): boolean =>
  mappingsTo(needs, 'AX', ['SalesUnitSymbol'])
    .filter((use) => originOf(use, use.mapping).field?.toLowerCase() === 'uomid.name')
    .map((use) => writtenThrough(use, use.mapping, name))
    .every((again) => again.ok && symbols.some((symbol) => same(symbol, again.value ?? '')))

const newUnit = (name: string, groupId: string): FixStep => ({
  environmentType: 'CRM',
  method: 'POST',
  path: `${WEB_API}/uoms`,
  body: { name, quantity: 1, 'uomscheduleid@odata.bind': `/uomschedules(${groupId})` },
})
