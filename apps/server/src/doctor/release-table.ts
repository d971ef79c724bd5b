import { compareVersions, type Version } from './version.ts'

/**
 * Everything that the templates specification, section 4, says of releases, hotfixes and solution versions, and nothing else. How a release is told by
 * its application version is derived: 7.1 is 1611, 7.2 July 2017, 7.3 December 2017, whatever is newer contains all of it.
 */

export interface SupplyChainRelease {
  readonly name: string
  /** First two numbers of its application versions. */
  readonly line: readonly [number, number]
  readonly application?: string
  readonly platform: string
}

/** Minimum levels by release. Of 1611 the record names the platform update only. */
export const SUPPLY_CHAIN_RELEASES: readonly SupplyChainRelease[] = [
  { name: '1611 (November 2016)', line: [7, 1], platform: '7.0.4565.16212' },
  { name: 'July 2017', line: [7, 2], application: '7.2.11792.56024', platform: '7.0.4565.16212' },
  { name: 'Enterprise edition 7.3 (December 2017)', line: [7, 3], application: '7.3.11971.56116', platform: '7.0.4709.41129' },
]

/** Platform versions of releases behind 7.3 are not compared: their application contains a newer platform. */
export const CURRENT_LINE = 'a release after 7.3'

/** What a hotfix brings; a set needs it only where its projects use that. */
export interface Hotfix {
  readonly number: string
  readonly brings: string
  readonly neededFor: 'orders-to-supply-chain' | 'orders-to-sales' | 'everything'
  readonly line: readonly [number, number]
  /** Hotfixes that contain it: each of them is as good. */
  readonly containedIn: readonly string[]
}

export const HOTFIXES: readonly Hotfix[] = [
  {
    number: 'KB4045570',
    brings: 'sales orders from Sales to Supply Chain',
    neededFor: 'orders-to-supply-chain',
    line: [7, 2],
    containedIn: [],
  },
  { number: 'KB4036524', brings: 'order lines to Sales', neededFor: 'orders-to-sales', line: [7, 2], containedIn: ['KB4045570'] },
  {
    number: 'KB4036461',
    brings: 'orders to Sales',
    neededFor: 'orders-to-sales',
    line: [7, 2],
    containedIn: ['KB4036524', 'KB4045570'],
  },
  { number: 'KB4033093', brings: 'data entities of prospect to cash', neededFor: 'everything', line: [7, 1], containedIn: [] },
  { number: 'KB4051266', brings: 'orders to Sales', neededFor: 'orders-to-sales', line: [7, 1], containedIn: [] },
  { number: 'KB4037542', brings: 'order headers and lines to Sales', neededFor: 'orders-to-sales', line: [7, 1], containedIn: [] },
]

/** Sales 1612, online, and its database. */
export const SALES_VERSION = '8.2.1.207'

/** Solution versions of the two generations; the two-hop templates began with 1.14.0.0 and went on with 1.14.1.0. */
export const SOLUTION_VERSIONS = { direct: '1.15.0.0', twoHop: '1.14.1.0', twoHopAtFirst: '1.14.0.0' } as const

/** The release that an application version belongs to; undefined for one after 7.3; null for one before 1611. */
export function releaseOf(application: Version): SupplyChainRelease | undefined | null {
  const [major = 0, minor = 0] = application
  const found = SUPPLY_CHAIN_RELEASES.find(({ line }) => line[0] === major && line[1] === minor)
  if (found !== undefined) return found
  return compareVersions(application, [7, 1]) < 0 ? null : undefined
}
