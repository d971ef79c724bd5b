import type { Action, ActionTable } from './action-table.ts'

/** What the version actions answer: the releases that the application behaves like, and its own. */
export interface VersionFacts {
  readonly application: string
  readonly applicationBuild: string
  readonly platformBuild: string
  /** Installed hotfixes by their numbers. */
  readonly hotfixes: readonly string[]
}

const versionAction = (name: string, version: string): Action => ({
  name,
  collection: 'DataManagementEntities',
  parameters: [],
  returnType: 'Edm.String',
  run: async () => ({ ok: true, value: version }),
})

/** The actions by which a client tests its connection. Source: protocol specification, section 2. */
export const versionActions = (facts: VersionFacts): ActionTable => [
  versionAction('GetApplicationVersion', facts.application),
  versionAction('GetApplicationBuildVersion', facts.applicationBuild),
  versionAction('GetPlatformBuildVersion', facts.platformBuild),
  // Derived: the product tells its updates on a page for people only. Numbers with commas between, blank where none is installed.
  versionAction('GetInstalledHotfixes', facts.hotfixes.join(',')),
]
