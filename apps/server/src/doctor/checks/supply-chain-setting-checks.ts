import type { Fact } from '../fact.ts'
import type { CompanyFacts, NumberSequence } from '../facts/company-facts.ts'
import type { Facts } from '../facts/facts.ts'
import { distinct, mappingsTo } from '../needs.ts'
import { patternsMeet, salesPatterns, supplyChainPattern } from '../number-pattern.ts'
import { asExpected, type Check, failed, judging, listed, unless, type Verdict, warning } from '../verdict.ts'
import { knownValues } from '../written-values.ts'

interface Reference {
  readonly id: string
  readonly title: string
  readonly fields: readonly string[]
  readonly codes: (facts: Facts, company: CompanyFacts) => Fact<readonly string[]>
  readonly remedy: string
}

/** Codes that mappings write and Supply Chain must know (templates specification 7.1, 7.3, 10.2). */
const REFERENCES: readonly Reference[] = [
  {
    id: 'customer-groups',
    title: 'Customer groups that the mappings write exist',
    fields: ['CustomerGroupId'],
    codes: (_facts, company) => company.customerGroups,
    remedy: 'Write one of yours as CustomerGroupId in the project, or make the group: Credit and collections, Setup, Customer groups.',
  },
  {
    id: 'sites',
    title: 'Sites that the mappings write exist',
    fields: ['SiteId', 'ShippingSiteId'],
    codes: (_facts, company) => company.sites,
    remedy: 'Write one of yours as SiteId in the project, or make the site: Inventory management, Setup, Sites.',
  },
  {
    id: 'warehouses',
    title: 'Warehouses that the mappings write exist',
    fields: ['WarehouseId', 'ShippingWarehouseId'],
    codes: (_facts, company) => company.warehouses,
    remedy: 'Write one of yours as WarehouseId in the project, or make the warehouse: Inventory management, Setup, Warehouses.',
  },
  {
    id: 'languages',
    title: 'Languages that the mappings write exist',
    fields: ['LanguageId'],
    codes: ({ supplyChain }) => supplyChain.languages,
    remedy: 'Write a language that Supply Chain has as LanguageId in the project.',
  },
  {
    id: 'decision-roles',
    title: 'Decision roles that the mappings write exist',
    fields: ['DecisionMakingRoleCode'],
    codes: (_facts, company) => company.decisionRoles,
    remedy: 'Make the codes: Sales and marketing, Setup, Contacts, Decision; or write yours in the value map, or remove the row.',
  },
]

const REFERENCE_CHECKS: readonly Check<Facts>[] = REFERENCES.map((reference) => ({
  id: reference.id,
  title: reference.title,
  side: 'supply-chain',
  applies: (facts) => wantedCodes(facts, reference).length > 0,
  judge: (facts) => judgeReference(facts, reference),
}))

const wantedCodes = ({ needs }: Facts, { fields }: Reference): readonly string[] =>
  distinct(mappingsTo(needs, 'AX', fields).flatMap((use) => knownValues(use, use.mapping)))

function judgeReference(facts: Facts, reference: Reference): Verdict {
  const { id, codes, remedy } = reference
  const wanted = wantedCodes(facts, reference)
  return overCompanies(facts, { expected: listed(wanted, 20), of: (company) => codes(facts, company) }, (found) => {
    const missing = found.flatMap(({ company, value }) =>
      wanted.filter((code) => !value.some((one) => one.toLowerCase() === code.toLowerCase())).map((code) => ({ company, code })),
    )
    return unless(
      missing.map(({ company, code }) => `${code} in ${company}`),
      {
        expected: listed(wanted, 20),
        found: `not found: ${listed(missing.map(({ company, code }) => `${code} in ${company}`))}`,
        remedy,
        // A role is a name and no more; everything else needs decisions that nobody has taken.
        fix: id === 'decision-roles' ? missing.map(({ company, code }) => newRole(company, code)) : [],
      },
    )
  })
}

const newRole = (company: string, code: string) =>
  ({
    environmentType: 'AX',
    method: 'POST',
    path: '/data/ContactPersonDecisionRoles?cross-company=true',
    body: { dataAreaId: company, DecisionMakingRoleCode: code, Description: code },
  }) as const

interface CompanyValue<Value> {
  readonly company: string
  readonly value: Value
}

/** A verdict over one fact of every company; unknown as soon as one is. */
export function overCompanies<Value>(
  { supplyChain }: Facts,
  { expected, of, hint }: { readonly expected: string; readonly hint?: string; readonly of: (company: CompanyFacts) => Fact<Value> },
  judge: (values: readonly CompanyValue<Value>[]) => Verdict,
): Verdict {
  if (!supplyChain.application.known) return { status: 'unknown', expected, found: supplyChain.application.reason }
  const values: CompanyValue<Value>[] = []
  for (const company of supplyChain.companies) {
    const fact = of(company)
    if (!fact.known)
      return { status: 'unknown', expected, found: `${company.company}: ${fact.reason}`, ...(hint !== undefined && { remedy: hint }) }
    values.push({ company: company.company, value: fact.value })
  }
  return judge(values)
}

const SEQUENCE_NAMES: Readonly<Record<string, string>> = { SalesQuotationId: 'quotations', SalesId: 'sales orders' }

/** Documents of two-hop sets bring their numbers from Sales, which Supply Chain takes when its sequences are manual (templates specification 8.6). */
const needsManual = ({ needs }: Facts): readonly string[] =>
  needs.usesHub
    ? [...(needs.moves.quotesToSupplyChain ? ['SalesQuotationId'] : []), ...(needs.moves.ordersToSupplyChain ? ['SalesId'] : [])]
    : []

/** Set-up of Supply Chain that templates rely on. */
export const SUPPLY_CHAIN_SETTING_CHECKS: readonly Check<Facts>[] = [
  ...REFERENCE_CHECKS,
  {
    id: 'number-sequences-manual',
    title: 'Number sequences of quotations and orders are manual',
    side: 'supply-chain',
    applies: (facts) => needsManual(facts).length > 0,
    judge: judgeManual,
  },
  {
    id: 'number-ranges',
    title: 'Numbers that Sales and Supply Chain make cannot meet',
    side: 'both',
    applies: ({ needs }) => needs.moves.quotesToSupplyChain || needs.moves.ordersToSupplyChain || needs.moves.ordersToSales,
    judge: judgeRanges,
  },
  {
    id: 'delivery-date-control',
    title: 'Delivery date control of products is None',
    side: 'supply-chain',
    applies: (facts) => needsManual(facts).length > 0,
    judge: (facts) =>
      overCompanies(facts, { expected: 'None', of: (company) => company.controlledItems }, (found) => {
        const items = found.flatMap(({ company, value }) => value.map((item) => `${item} in ${company}`))
        return unless(items, {
          expected: 'None',
          found: `another method for ${listed(items)}`,
          remedy: 'Set the method to None in the default order settings of the product and in Accounts receivable parameters, Shipments.',
        })
      }),
  },
  {
    id: 'sales-origin',
    title: 'A sales origin for the sales order integration exists beside that of work orders',
    side: 'supply-chain',
    applies: ({ needs }) => needs.moves.ordersToSupplyChain,
    judge: (facts) =>
      overCompanies(facts, { expected: 'an origin of type sales order integration', of: (company) => company.originTypes }, (found) => {
        const without = found.filter(({ value }) => value.includes('WorkOrderIntegration') && !value.includes('SalesOrderIntegration'))
        const expected = 'where work orders have an origin, sales orders have one too'
        if (without.length === 0) return asExpected(expected)
        const companies = without.map(({ company }) => company)
        return warning({
          expected,
          found: `missing in ${listed(companies)}`,
          items: companies,
          remedy:
            'Sales and marketing, Setup, Sales orders, Sales origin: make one, with Origin type assigned and type Sales order integration.',
        })
      }),
  },
]

function judgeManual(facts: Facts): Verdict {
  const wanted = needsManual(facts)
  const expected = `manual for ${listed(wanted.map((type) => SEQUENCE_NAMES[type] ?? type))}`
  return overCompanies(
    facts,
    {
      expected,
      of: (company) => company.numberSequences,
      hint: 'Organization administration, Number sequences: see whether they are manual.',
    },
    (found) => {
      const automatic = found.flatMap(({ company, value }) =>
        value.filter((sequence) => wanted.includes(sequence.dataType) && !sequence.isManual).map((sequence) => ({ company, sequence })),
      )
      const items = automatic.map(
        ({ company, sequence }) => `${sequence.code} of ${SEQUENCE_NAMES[sequence.dataType] ?? sequence.dataType} in ${company}`,
      )
      const remedy = 'Organization administration, Number sequences: set Manual to Yes for the sequence.'
      if (items.length === 0) return asExpected(expected)
      const neighbours = facts.needs.sharedWithDirect
      if (neighbours.length > 0)
        return warning({
          expected,
          found: `automatic: ${listed(items)}; orders that are made in Supply Chain for ${listed(neighbours)} take their numbers there`,
          items,
          remedy:
            'Leave it so while both generations run side by side and the check number-ranges passes; set Manual to Yes for two-hop projects alone.',
        })
      return failed({
        expected,
        found: `automatic: ${listed(items)}`,
        items,
        remedy,
        fix: automatic.map(({ sequence }) => makeManual(sequence)),
      })
    },
  )
}

const makeManual = ({ scope, code }: NumberSequence) =>
  ({
    environmentType: 'AX',
    method: 'PATCH',
    path: `/data/NumberSequencesV2(ScopeValue='${encodeURIComponent(scope)}',NumberSequenceCode='${encodeURIComponent(code)}')`,
    body: { IsManual: 'Yes' },
  }) as const

/** Which prefix of the organisation counts for which documents (templates specification 2.5 no. 8). */
const RANGES = [
  { dataType: 'SalesQuotationId', prefix: 'quoteprefix' },
  { dataType: 'SalesId', prefix: 'orderprefix' },
] as const

function judgeRanges(facts: Facts): Verdict {
  const expected = 'different for quotes and quotations, and for orders'
  return judging(facts.sales.organization, { expected }, (organization) => {
    const hint = 'Hold the formats of Organization administration, Number sequences against the prefixes of Sales.'
    return overCompanies(facts, { expected, hint, of: (company) => company.numberSequences }, (found) => {
      const suffix = Number(organization.uniquespecifierlength ?? 6)
      const items = found.flatMap(({ company, value }) =>
        RANGES.flatMap(({ dataType, prefix }) => {
          const sales = salesPatterns(String(organization[prefix] ?? ''), suffix)
          return value
            .filter((sequence) => sequence.dataType === dataType && !sequence.isManual)
            .filter(({ format }) => sales.some((pattern) => patternsMeet(pattern, supplyChainPattern(format))))
            .map(
              ({ format }) =>
                `${SEQUENCE_NAMES[dataType]} of ${company}: ${format} and ${String(organization[prefix])}-#####-${'?'.repeat(suffix)}`,
            )
        }),
      )
      return unless(items, {
        expected,
        found: `one number may be made on both sides: ${listed(items)}`,
        remedy:
          'Give Supply Chain another format, or Sales another prefix under Settings, Administration, Auto-numbering: a document would be updated by another one.',
      })
    })
  })
}
