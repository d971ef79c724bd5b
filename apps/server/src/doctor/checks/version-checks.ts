import { together } from '../fact.ts'
import type { Facts } from '../facts/facts.ts'
import type { Movements } from '../needs.ts'
import type { SupplyChainRelease } from '../release-table.ts'
import {
  CURRENT_LINE,
  HOTFIXES,
  type Hotfix,
  releaseOf,
  SALES_VERSION,
  SOLUTION_VERSIONS,
  SUPPLY_CHAIN_RELEASES,
} from '../release-table.ts'
import { type Check, failed, judging, listed, passed, type Verdict, warning } from '../verdict.ts'
import { isAtLeast, parseVersion } from '../version.ts'

const LEVELS = SUPPLY_CHAIN_RELEASES.map(
  ({ name, application, platform }) => `${name}: ${application === undefined ? '' : `${application}, `}platform ${platform}`,
)
const EXPECTED_RELEASE = `${LEVELS.join('; ')}; or ${CURRENT_LINE}`
const UPDATE = 'Update the environment in Lifecycle Services.'

/** The versions of the templates specification, section 4. */
export const VERSION_CHECKS: readonly Check<Facts>[] = [
  {
    id: 'supply-chain-application',
    title: 'Supply Chain has the application version of its release',
    side: 'supply-chain',
    judge: ({ supplyChain }) => judging(supplyChain.application, { expected: EXPECTED_RELEASE }, judgeApplication),
  },
  {
    id: 'supply-chain-platform',
    title: 'Supply Chain has the platform version of its release',
    side: 'supply-chain',
    judge: ({ supplyChain }) =>
      judging(
        together({ application: supplyChain.application, platform: supplyChain.platform }),
        { expected: EXPECTED_RELEASE },
        judgePlatform,
      ),
  },
  {
    id: 'supply-chain-hotfixes',
    title: 'Hotfixes of the release are installed',
    side: 'supply-chain',
    judge: judgeHotfixes,
  },
  {
    id: 'sales-version',
    title: `Sales is ${SALES_VERSION} or later`,
    side: 'sales',
    judge: ({ sales }) =>
      judging(sales.version, { expected: `${SALES_VERSION} or later` }, (version) =>
        atLeast(version, SALES_VERSION, 'Update Sales in the admin centre.'),
      ),
  },
  {
    id: 'solution-version',
    title: 'The Prospect to Cash solution fits the templates of the projects',
    side: 'sales',
    judge: judgeSolution,
  },
]

const atLeast = (version: string, least: string, remedy: string): Verdict => {
  const expected = `${least} or later`
  const reached = isAtLeast(version, least)
  if (reached === undefined) return { status: 'unknown', expected, found: `${version}, which is no version` }
  return reached ? passed(expected, version) : failed({ expected, found: version, remedy })
}

function releaseOfText(application: string): SupplyChainRelease | undefined | null | 'no version' {
  const version = parseVersion(application)
  return version === undefined ? 'no version' : releaseOf(version)
}

function judgeApplication(application: string): Verdict {
  const release = releaseOfText(application)
  if (release === 'no version') return { status: 'unknown', expected: EXPECTED_RELEASE, found: `${application}, which is no version` }
  if (release === null)
    return failed({
      expected: EXPECTED_RELEASE,
      found: `${application}, older than 1611`,
      remedy: 'Upgrade to 1611 at least; 7.3 needs no hotfix.',
    })
  if (release === undefined) return passed(CURRENT_LINE, application)
  if (release.application === undefined) return passed(`${release.name}: any application version`, application)
  return atLeast(application, release.application, `Release ${release.name}: ${UPDATE}`)
}

function judgePlatform({ application, platform }: { readonly application: string; readonly platform: string }): Verdict {
  const release = releaseOfText(application)
  if (release === 'no version' || release === null)
    return { status: 'unknown', expected: EXPECTED_RELEASE, found: `${platform}; its release is not known` }
  if (release === undefined) return passed(`any platform of ${CURRENT_LINE}`, platform)
  return atLeast(platform, release.platform, `Release ${release.name}: apply the platform update. ${UPDATE}`)
}

const isNeeded = ({ neededFor }: Hotfix, moves: Movements): boolean =>
  neededFor === 'everything' ||
  (neededFor === 'orders-to-supply-chain' ? moves.ordersToSupplyChain : moves.ordersToSales || moves.invoicesToSales)

function judgeHotfixes({ needs, supplyChain }: Facts): Verdict {
  const expected = 'the hotfixes that the projects need of the release'
  return judging(supplyChain.application, { expected }, (application) => {
    const release = releaseOfText(application)
    if (release === undefined) return passed(`none: ${CURRENT_LINE} contains them`, application)
    if (release === null || release === 'no version')
      return { status: 'unknown', expected, found: `${application}; its release is not known` }
    const wanted = HOTFIXES.filter(({ line }) => line[0] === release.line[0] && line[1] === release.line[1]).filter((fix) =>
      isNeeded(fix, needs.moves),
    )
    if (wanted.length === 0) return passed(`none for ${release.name} and these projects`, application)
    const hint = `See Help and support, About in Supply Chain, or Lifecycle Services, whether ${listed(wanted.map((fix) => fix.number))} are installed. Setting "hotfixes" of the connection says so.`
    return judging(supplyChain.hotfixes, { expected: listed(wanted.map((fix) => fix.number)), hint }, (installed) =>
      judgeInstalled(wanted, installed),
    )
  })
}

/** A hotfix is there by itself or inside another one. Of several that are missing, those that others contain need no installation of their own. */
function judgeInstalled(wanted: readonly Hotfix[], installed: readonly string[]): Verdict {
  const expected = wanted.map(({ number, containedIn }) => [number, ...containedIn].join(' or ')).join(', ')
  const found = installed.length === 0 ? 'none' : listed(installed, 10)
  const missing = wanted.filter(({ number, containedIn }) => ![number, ...containedIn].some((one) => installed.includes(one)))
  if (missing.length === 0) return passed(expected, found)
  const toInstall = missing.filter(({ containedIn }) => !containedIn.some((one) => missing.some((fix) => fix.number === one)))
  return failed({
    expected,
    found,
    items: missing.map(({ number, brings }) => `${number}: ${brings}`),
    remedy: `Install ${toInstall.map(({ number }) => number).join(', ')} with Lifecycle Services.${toInstall.length < missing.length ? ' It contains the others.' : ''}`,
  })
}

function judgeSolution({ needs, sales }: Facts): Verdict {
  const least = needs.usesDirect ? SOLUTION_VERSIONS.direct : SOLUTION_VERSIONS.twoHop
  const expected = `${least} or later, for ${needs.usesDirect ? 'direct' : 'two-hop'} templates`
  return judging(sales.solution, { expected }, (version) => {
    const remedy = sales.isLocal ? 'Install it: p2c solution install.' : `Import ${least} or later of the solution in the admin centre.`
    const fix = sales.isLocal ? { fix: [{ environmentType: 'CRM', method: 'POST', path: '/local/solution', body: {} }] as const } : {}
    if (version === undefined) return failed({ expected, found: 'not installed', remedy, ...fix })
    if (isAtLeast(version, least) === undefined) return { status: 'unknown', expected, found: `${version}, which is no version` }
    if (isAtLeast(version, least)) return passed(expected, version)
    if (!needs.usesDirect && isAtLeast(version, SOLUTION_VERSIONS.twoHopAtFirst))
      return warning({ expected, found: version, remedy: `${version} served the first two-hop templates. ${remedy}` })
    return failed({ expected, found: version, remedy, ...fix })
  })
}
