/** The releases that the application can be started as. Source: templates specification, 4; `current` follows today's product. */
export const SUPPLY_CHAIN_RELEASES = ['current', '7.3', 'july-2017', '1611'] as const
export type SupplyChainRelease = (typeof SUPPLY_CHAIN_RELEASES)[number]

interface ReleaseFacts {
  readonly application: string
  readonly platform: string
  /** Hotfixes that exist for it. */
  readonly hotfixes: readonly string[]
}

/** Numbers and hotfixes of the templates specification, 4. It names no application version of 1611: 7.1 is derived. */
const RELEASES: Readonly<Record<SupplyChainRelease, ReleaseFacts>> = {
  current: { application: '10.0.41', platform: '7.0.7367', hotfixes: [] },
  '7.3': { application: '7.3.11971.56116', platform: '7.0.4709.41129', hotfixes: [] },
  'july-2017': { application: '7.2.11792.56024', platform: '7.0.4565.16212', hotfixes: ['KB4045570', 'KB4036524', 'KB4036461'] },
  '1611': { application: '7.1.1541.3036', platform: '7.0.4565.16212', hotfixes: ['KB4051266', 'KB4037542', 'KB4033093'] },
}

/** Which release the application answers to be, with what is installed on it. */
export interface ReleaseSettings {
  readonly release: SupplyChainRelease
  /** Installed hotfixes (`KB4045570`), in the order given. */
  readonly hotfixes: readonly string[]
  /** In place of the application version of the release: an older or newer build of it. */
  readonly applicationVersion?: string | undefined
  /** In place of its platform version. */
  readonly platformVersion?: string | undefined
}

/** Hotfixes of the list that the release does not know. */
export const unknownHotfixes = ({ release, hotfixes }: Pick<ReleaseSettings, 'release' | 'hotfixes'>): readonly string[] =>
  hotfixes.filter((hotfix) => !RELEASES[release].hotfixes.includes(hotfix))

/** Hotfixes that can be installed on a release. */
export const hotfixesOf = (release: SupplyChainRelease): readonly string[] => RELEASES[release].hotfixes

/** What the version actions answer; `own` is the version of this program, which a build of today's release carries. */
export function releaseVersions(settings: ReleaseSettings, own: string) {
  const { application, platform } = RELEASES[settings.release]
  const told = settings.applicationVersion ?? application
  return {
    application: told,
    applicationBuild: settings.release === 'current' && settings.applicationVersion === undefined ? `${told}.${own}` : told,
    platformBuild: settings.platformVersion ?? platform,
    hotfixes: settings.hotfixes,
  }
}

/** True where documents and products of the database are older than the integration, until its one-time jobs have run. */
export const startsBeforeProspectToCash = ({ release }: Pick<ReleaseSettings, 'release'>): boolean => release === '1611'
