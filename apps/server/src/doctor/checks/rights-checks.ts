import { type Fact, together } from '../fact.ts'
import type { Facts } from '../facts/facts.ts'
import { WEB_API } from '../facts/odata-text.ts'
import { asExpected, type Check, failed, judging, listed, passed, unless, type Verdict, warning } from '../verdict.ts'

/** Nouns of privileges by entity set; lines and price lists share those of what they belong to. Source: Sales specification, 7. */
const NOUNS: Readonly<Record<string, string>> = {
  accounts: 'Account',
  contacts: 'Contact',
  products: 'Product',
  pricelevels: 'Product',
  productpricelevels: 'Product',
  quotes: 'Quote',
  quotedetails: 'Quote',
  salesorders: 'SalesOrder',
  salesorderdetails: 'SalesOrder',
  invoices: 'Invoice',
  invoicedetails: 'Invoice',
  uoms: 'UoM',
  uomschedules: 'UoMSchedule',
  transactioncurrencies: 'TransactionCurrency',
}

/** Tables that lookups of mappings lead to, by the lookup column that a mapping names. */
const LOOKUPS: Readonly<Record<string, readonly string[]>> = {
  customerid: ['accounts', 'contacts'],
  parentcustomerid: ['accounts', 'contacts'],
  primarycontactid: ['contacts'],
  transactioncurrencyid: ['transactioncurrencies'],
  pricelevelid: ['pricelevels'],
  productid: ['products'],
  uomid: ['uoms'],
  defaultuomid: ['uoms'],
  defaultuomscheduleid: ['uomschedules'],
  quoteid: ['quotes'],
  salesorderid: ['salesorders'],
  invoiceid: ['invoices'],
}

/** What a destination needs (integration specification 3.1). Nothing is ever deleted or shared, so those rights are not asked for. */
const WRITING = ['Create', 'Read', 'Write', 'Append', 'AppendTo', 'Assign'] as const
/** Tables without owner: nothing to assign. */
const WITHOUT_OWNER = new Set(['Product', 'UoM', 'UoMSchedule', 'TransactionCurrency'])
/** Depths that reach rows of every owner in the business unit and below. */
const DEEP = new Set(['Deep', 'Global'])

const nounOf = (entity: string): string => NOUNS[entity.toLowerCase()] ?? entity

/** Privileges that the mappings ask of the integration user, each once. */
function wantedPrivileges({ needs }: Facts): readonly string[] {
  const related = (side: 'sourceField' | 'destinationField', type: 'sourceEnvironmentType' | 'destinationEnvironmentType') =>
    needs.legs
      .filter(({ leg }) => leg[type] === 'CRM')
      .flatMap(({ leg }) => leg.fieldMappings.flatMap((mapping) => LOOKUPS[mapping[side]?.split('.')[0]?.toLowerCase() ?? ''] ?? []))
  const writing = needs.destinations.CRM.map(nounOf).flatMap((noun) =>
    WRITING.filter((right) => right !== 'Assign' || !WITHOUT_OWNER.has(noun)).map((right) => `prv${right}${noun}`),
  )
  const reading = [
    ...needs.sources.CRM,
    ...related('sourceField', 'sourceEnvironmentType'),
    ...related('destinationField', 'destinationEnvironmentType'),
  ]
  const referring = related('destinationField', 'destinationEnvironmentType').map((entity) => `prvAppendTo${nounOf(entity)}`)
  return [...new Set([...writing, ...reading.map((entity) => `prvRead${nounOf(entity)}`), ...referring])]
}

/** Rights on both sides, change tracking and keys of tables (integration specification 3.1, 4.2, 24 R24; templates specification 5). */
export const RIGHTS_CHECKS: readonly Check<Facts>[] = [
  {
    id: 'sales-privileges',
    title: 'The integration user may read and write what the mappings name in Sales',
    side: 'sales',
    judge: judgePrivileges,
  },
  {
    id: 'owning-team',
    title: 'The team that owns incoming rows holds a role',
    side: 'sales',
    applies: ({ needs }) => needs.destinations.CRM.length > 0,
    judge: judgeTeams,
  },
  {
    id: 'supply-chain-rights',
    title: 'The integration user may read and write what the mappings name in Supply Chain',
    side: 'supply-chain',
    judge: ({ supplyChain }) => {
      const expected = 'every entity of the mappings, in every legal entity'
      const unread = supplyChain.companies.find(({ refusals }) => !refusals.known)
      const fact: Fact<unknown> = supplyChain.application.known ? (unread?.refusals ?? supplyChain.application) : supplyChain.application
      return judging(fact, { expected }, () => {
        const items = supplyChain.companies.flatMap(({ company, refusals }) =>
          refusals.known ? refusals.value.map((item) => `${company}: ${item}`) : [],
        )
        return unless(items, {
          expected,
          found: `refused: ${listed(items, 3)}`,
          remedy:
            'System administration, Users: give the user of the client a role with the privilege, in the legal entity. A 404 says that the release lacks the entity.',
        })
      })
    },
  },
  {
    id: 'sales-change-tracking',
    title: 'Change tracking is on for the tables that are read in Sales',
    side: 'sales',
    applies: ({ needs }) => needs.sources.CRM.length > 0,
    judge: ({ needs, sales }) =>
      judging(sales.tables, { expected: listed(needs.sources.CRM, 20) }, (tables) => {
        const off = needs.sources.CRM.filter((set) => tables.find((table) => table.entitySet === set)?.changeTracking !== true)
        return unless(off, {
          expected: listed(needs.sources.CRM, 20),
          found: `off: ${listed(off)}`,
          remedy: 'Power Apps, Tables, Properties, Advanced options: turn on Track changes for the table. It cannot be turned off again.',
        })
      }),
  },
  {
    id: 'supply-chain-change-tracking',
    title: 'Change tracking is on for the entities that are read in Supply Chain',
    side: 'supply-chain',
    applies: ({ needs }) => needs.sources.AX.length > 0,
    judge: judgeTracking,
  },
  {
    id: 'alternate-keys',
    title: 'Numbers of accounts and contacts are alternate keys in Sales',
    side: 'sales',
    judge: ({ sales }) =>
      judging(sales.alternateKeys, { expected: 'accountnumber, msdynce_contactnumber' }, (keys) => {
        const has = (table: string, column: string) => (keys[table] ?? []).some((columns) => columns.length === 1 && columns[0] === column)
        const expected = 'accountnumber, msdynce_contactnumber'
        const remedy = 'Activate the key in the customization of the table; duplicate values keep it from becoming active.'
        if (!has('contact', 'msdynce_contactnumber'))
          return failed({ expected, found: 'no active key on msdynce_contactnumber of contact', remedy })
        if (has('account', 'accountnumber')) return passed(expected, 'both are active')
        return warning({
          expected,
          found: 'no active key on accountnumber of account: nothing keeps two accounts from one number',
          remedy: `${remedy} The last published package leaves it out: then look at the check of account numbers.`,
        })
      }),
  },
]

function judgePrivileges(facts: Facts): Verdict {
  const wanted = wantedPrivileges(facts)
  const expected = `${wanted.length} privileges, Deep or Global`
  return judging(facts.sales.privileges, { expected }, (held) => {
    const missing = wanted.flatMap((name) => {
      const depth = held.get(name.toLowerCase())
      if (depth === undefined) return [name]
      return DEEP.has(depth) ? [] : [`${name} (${depth} only)`]
    })
    return unless(missing, {
      expected,
      found: `missing: ${listed(missing)}`,
      remedy: 'Settings, Security: give the application user a role with these privileges, organisation wide.',
    })
  })
}

/** Rows that come in belong to the default team of the business unit, which must be able to read them itself. */
function judgeTeams({ needs, sales }: Facts): Verdict {
  const wanted = [...new Set(needs.destinations.CRM.map(nounOf))].filter((noun) => !WITHOUT_OWNER.has(noun)).map((noun) => `prvRead${noun}`)
  const expected = wanted.length === 0 ? 'a role' : `a role with ${listed(wanted)}`
  return judging(together({ units: sales.businessUnits, roles: sales.roles }), { expected }, ({ units, roles }) => {
    const mapped = units.filter((unit) => needs.businessUnits.some((name) => name.toLowerCase() === unit.name.toLowerCase()))
    if (mapped.length === 0) return { status: 'unknown', expected, found: 'no business unit of the organisation mapping is there' }
    const unread = mapped.find((unit) => unit.team?.privileges.known === false)?.team?.privileges
    if (unread !== undefined && !unread.known) return { status: 'unknown', expected, found: unread.reason }
    const problems = mapped.flatMap(({ name, team }): readonly TeamProblem[] => {
      if (team === undefined) return [{ text: `${name} has no default team`, team: undefined }]
      const held = team.privileges.known ? team.privileges.value : new Map<string, string>()
      const missing = wanted.filter((privilege) => !held.has(privilege.toLowerCase()))
      if (held.size === 0) return [{ text: `the team of ${name} holds no role`, team }]
      return missing.length === 0 ? [] : [{ text: `the team of ${name} lacks ${listed(missing)}`, team }]
    })
    const role = TEAM_ROLES.map((name) => roles.find((one) => one.name === name)).find((one) => one !== undefined)
    return unless(
      problems.map(({ text }) => text),
      {
        expected,
        found: listed(problems.map(({ text }) => text)),
        remedy:
          'Settings, Security, Teams, Manage roles: give the team a role that reads these tables. Without it executions fail and say that the principal team is missing.',
        fix: role === undefined ? [] : problems.flatMap(({ team }) => (team === undefined ? [] : [giveRole(team.id, role.id)])),
      },
    )
  })
}

interface TeamProblem {
  readonly text: string
  readonly team: { readonly id: string } | undefined
}

/** Roles made for teams of the integration: the only ones that are given without asking anybody. */
const TEAM_ROLES = ['Integration Team']

const giveRole = (team: string, role: string) =>
  ({
    environmentType: 'CRM',
    method: 'POST',
    path: `${WEB_API}/teams(${team})/teamroles_association/$ref`,
    body: { '@odata.id': `${WEB_API}/roles(${role})` },
  }) as const

/** Labels under which data management knows the entities of the templates (templates specification 2.1). */
const LABELS: Readonly<Record<string, string>> = {
  SellableReleasedProducts: 'Sellable released products',
  CDSSalesOrderHeaders: 'CDS sales order headers',
  CDSSalesOrderLines: 'CDS sales order lines',
  ExternallyMaintainedCustomerSalesInvoiceHeaders: 'Externally maintained customer sales invoice headers',
  ExternallyMaintainedCustomerSalesInvoiceLines: 'Externally maintained customer sales invoice lines',
}

/** Whose lines follow their header only when the entire entity is tracked (templates specification 2.5 no. 9). */
const WHOLE = ['CDSSalesOrderHeaders', 'CDSSalesOrderLines']

function judgeTracking({ needs, supplyChain }: Facts): Verdict {
  const expected = 'on; for order headers and lines of the entire entity'
  const hint = 'Data management, Data entities, Change tracking: see whether it is on for each entity of the mappings.'
  return judging(supplyChain.changeTracking, { expected, hint }, (modes) => {
    const modeOf = (set: string) => modes.get((LABELS[set] ?? set).toLowerCase()) ?? 'EntireEntity'
    const off = needs.sources.AX.filter((set) => modeOf(set) === 'None')
    const narrow = needs.sources.AX.filter((set) => WHOLE.includes(set) && modeOf(set) === 'PrimaryTable')
    const remedy = 'Data management, Data entities, Change tracking: choose Enable entire entity.'
    if (off.length > 0)
      return failed({
        expected,
        found: `off: ${listed(off)}`,
        items: off,
        remedy,
        fix: supplyChain.isLocal ? off.map(trackWhole) : [],
      })
    if (narrow.length === 0) return asExpected(expected)
    const found = `primary table only: ${listed(narrow)}, so that calculated totals are no change`
    return warning({ expected, found, items: narrow, remedy })
  })
}

const trackWhole = (set: string) =>
  ({
    environmentType: 'AX',
    method: 'PATCH',
    path: `/data/EntityChangeTrackings(EntityName='${encodeURIComponent(LABELS[set] ?? set)}')`,
    body: { TrackingMode: 'EntireEntity' },
  }) as const
