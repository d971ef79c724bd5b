import { mapFact } from '../fact.ts'
import type { Facts } from '../facts/facts.ts'
import { organisationsOf } from '../facts/facts.ts'
import { type Check, failed, judging, listed, passed, unless } from '../verdict.ts'

const SIGN_IN = 'Start the system, correct the address of the connection, or renew its client id and secret.'

/** That both sides answer and know what the connection set names (integration specification 3 and 4, DIPV1000, 1005, 1008). */
export const CONNECTION_CHECKS: readonly Check<Facts>[] = [
  {
    id: 'sales-connection',
    title: 'Sales answers and knows the integration user',
    side: 'sales',
    judge: ({ sales }) => answers(mapFact(sales.identity, ({ userId }) => `signed in as user ${userId}`)),
  },
  {
    id: 'supply-chain-connection',
    title: 'Supply Chain answers and knows the integration user',
    side: 'supply-chain',
    judge: ({ supplyChain }) => answers(mapFact(supplyChain.application, (version) => `application version ${version}`)),
  },
  {
    id: 'hub-connection',
    title: 'The Common Data Service answers and knows the integration user',
    side: 'common-data-service',
    applies: ({ needs }) => needs.usesHub,
    judge: ({ hub }) => answers(mapFact(hub.identity, (userId) => `signed in as user ${userId}`)),
  },
  {
    id: 'business-units',
    title: 'Business units of the organisation mapping exist in Sales',
    side: 'sales',
    judge: ({ needs, sales }) =>
      exist(
        { wanted: needs.businessUnits, there: mapFact(sales.businessUnits, (units) => units.map((unit) => unit.name)) },
        'business unit of Sales',
      ),
  },
  {
    id: 'legal-entities',
    title: 'Legal entities of the organisation mapping exist in Supply Chain',
    side: 'supply-chain',
    judge: ({ needs, supplyChain }) => exist({ wanted: needs.companies, there: supplyChain.legalEntities }, 'legal entity of Supply Chain'),
  },
  {
    id: 'hub-organisation',
    title: 'Organisations that the mappings name exist in the Common Data Service',
    side: 'common-data-service',
    applies: ({ needs }) => needs.usesHub,
    judge: ({ needs, hub }) =>
      exist({ wanted: organisationsOf(needs), there: hub.organisations }, 'organisation of the Common Data Service'),
  },
  {
    id: 'mappings',
    title: 'The mappings of all projects fit the entities of both sides',
    side: 'integrator',
    judge: (facts) => {
      const expected = 'no error in any project'
      const remedy =
        'Correct the mapping of the project, or bring the missing entity or field into the system: solution, hotfix, change of the entity list.'
      const unread = facts.projects.find(({ issues }) => !issues.known)
      if (unread !== undefined && !unread.issues.known)
        return { status: 'unknown', expected, found: `${unread.project}: ${unread.issues.reason}` }
      const errors = facts.projects.flatMap(({ project, issues }) =>
        issues.known
          ? issues.value.filter((issue) => issue.severity === 'error').map((issue) => `${project}: ${issue.code} ${issue.message}`)
          : [],
      )
      return unless(errors, { expected, found: `${errors.length} errors`, remedy })
    },
  },
  {
    id: 'projects',
    title: 'Projects use the connection set',
    side: 'integrator',
    judge: ({ needs }) =>
      needs.projects.length > 0
        ? passed(
            'one project at least',
            listed(
              needs.projects.map(({ name }) => name),
              20,
            ),
          )
        : failed({
            expected: 'one project at least',
            found: 'none',
            remedy: 'Make a project from a template: nothing else here says what both sides need.',
          }),
  },
]

const answers = (fact: Parameters<typeof judging<string>>[0]) =>
  fact.known ? passed('signed in', fact.value) : failed({ expected: 'signed in', found: fact.reason, remedy: SIGN_IN })

const exist = (
  names: { readonly wanted: readonly string[]; readonly there: Parameters<typeof judging<readonly string[]>>[0] },
  kind: string,
) =>
  judging(names.there, { expected: listed(names.wanted, 20) }, (there) => {
    const known = new Set(there.map((name) => name.toLowerCase()))
    const missing = names.wanted.filter((name) => !known.has(name.toLowerCase()))
    return unless(missing, {
      expected: listed(names.wanted, 20),
      found: `not found: ${listed(missing)}; there are ${listed(there, 10)}`,
      remedy: `Correct the name in the connection set and its projects, or make the ${kind}.`,
    })
  })
