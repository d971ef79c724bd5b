import type { RuleRefusal } from '../refusal.ts'

/** The Prospect to Cash solution as it describes itself. Source: Sales 6.1. */
export const OUR_SOLUTION = {
  uniqueName: 'msdynce_ProspectToCashIntegration',
  friendlyName: 'Prospect to Cash Integration',
  /** Installed where nobody asks for another one; the direct templates need this one at least. Source: Templates 4. */
  version: '1.15.0.0',
  publisher: { uniqueName: 'msdynce', friendlyName: 'Dynamics 365 Prospect to Cash', prefix: 'msdynce', choicePrefix: 64_739 },
} as const

/** Four whole numbers: major, minor, build, revision. */
export type SolutionVersion = readonly [number, number, number, number]

const VERSION = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/

/** A version as packages carry it (`1.15.0.0`), or undefined where the text is none. */
export function parseVersion(text: string): SolutionVersion | undefined {
  const parts = VERSION.exec(text)
  if (parts === null) return undefined
  const [major = 0, minor = 0, build = 0, revision = 0] = parts.slice(1).map(Number)
  return [major, minor, build, revision]
}

/** Below 0 where `a` is older than `b`, above 0 where it is newer, 0 where both are the same. */
export function compareVersions(a: SolutionVersion, b: SolutionVersion): number {
  for (const at of [0, 1, 2, 3] as const) if (a[at] !== b[at]) return a[at] - b[at]
  return 0
}

export const UPGRADE_SCRIPTS = ['numbers', 'active-customers', 'quote-flags', 'order-flags', 'company-flags', 'invoice-flags'] as const
/** What a version does to rows that were there before it. */
export type UpgradeScript = (typeof UPGRADE_SCRIPTS)[number]

/** The version that brought the columns which a script fills. Source: Sales 6.3, 6.4, 6.6, 6.7, column "since". */
const SINCE: Readonly<Record<UpgradeScript, SolutionVersion>> = {
  numbers: [1, 0, 0, 0],
  'active-customers': [1, 0, 0, 0],
  'quote-flags': [1, 0, 0, 0],
  'order-flags': [1, 0, 0, 0],
  'company-flags': [1, 6, 0, 0],
  'invoice-flags': [1, 15, 0, 0],
}

/** The scripts of the versions after `from`, up to and with `to`; all up to `to` where nothing was installed. */
export const scriptsBetween = (from: SolutionVersion | undefined, to: SolutionVersion): readonly UpgradeScript[] =>
  UPGRADE_SCRIPTS.filter(
    (script) => compareVersions(SINCE[script], to) <= 0 && (from === undefined || compareVersions(from, SINCE[script]) < 0),
  )

export type InstallationPlan =
  | { readonly kind: 'install' | 'upgrade'; readonly scripts: readonly UpgradeScript[] }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'downgrade' }

/** What installing `wanted` means where `installed` is there; a version is never replaced by an older one. */
export function planInstallation(installed: SolutionVersion | undefined, wanted: SolutionVersion): InstallationPlan {
  if (installed === undefined) return { kind: 'install', scripts: scriptsBetween(undefined, wanted) }
  const order = compareVersions(installed, wanted)
  if (order > 0) return { kind: 'downgrade' }
  return order === 0 ? { kind: 'unchanged' } : { kind: 'upgrade', scripts: scriptsBetween(installed, wanted) }
}

/** Settings of the organisation that the flow needs. Source: Sales 6.8. */
export const REQUIRED_SETTINGS = { oobpricecalculationenabled: true, discountcalculationmethod: 0 } as const

const named = (projects: readonly string[]): string => projects.map((name) => `'${name}'`).join(', ')

/** Why the solution cannot go; names the projects that use it. */
export const solutionInUse = (projects: readonly string[]): RuleRefusal => ({
  code: '0x80040265',
  message: `Solution ${OUR_SOLUTION.uniqueName} is used by integration projects and stays: ${named(projects)}. Delete these projects, then uninstall it.`,
})

/** Solutions come and go as packages; their rows are no place to write. */
export const SOLUTION_ROW_FIXED: RuleRefusal = {
  code: '0x80040265',
  message: 'Rows of solutions are written by installing and upgrading packages only.',
}
