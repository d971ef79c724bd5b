import { expect, test } from 'vitest'
import { hotfixesOf, releaseVersions, SUPPLY_CHAIN_RELEASES, startsBeforeProspectToCash, unknownHotfixes } from './release.ts'

test.each([
  ['current', '10.0.41', '10.0.41.0.1.0', '7.0.7367'],
  ['7.3', '7.3.11971.56116', '7.3.11971.56116', '7.0.4709.41129'],
  ['july-2017', '7.2.11792.56024', '7.2.11792.56024', '7.0.4565.16212'],
  ['1611', '7.1.1541.3036', '7.1.1541.3036', '7.0.4565.16212'],
] as const)('%s tells its application and platform versions', (release, application, applicationBuild, platformBuild) => {
  expect(releaseVersions({ release, hotfixes: [] }, '0.1.0')).toEqual({ application, applicationBuild, platformBuild, hotfixes: [] })
})

test('an older build of a release tells its own numbers', () => {
  const settings = { release: '7.3', hotfixes: [], applicationVersion: '7.3.11000.1', platformVersion: '7.0.4000.1' } as const
  expect(releaseVersions(settings, '0.1.0')).toMatchObject({
    application: '7.3.11000.1',
    applicationBuild: '7.3.11000.1',
    platformBuild: '7.0.4000.1',
  })
})

test('a hotfix belongs to the releases that know it', () => {
  expect(unknownHotfixes({ release: 'july-2017', hotfixes: ['KB4045570', 'KB4051266'] })).toEqual(['KB4051266'])
  expect(SUPPLY_CHAIN_RELEASES.map(hotfixesOf).map(({ length }) => length)).toEqual([0, 0, 3, 3])
  expect(SUPPLY_CHAIN_RELEASES.filter((release) => startsBeforeProspectToCash({ release }))).toEqual(['1611'])
})
