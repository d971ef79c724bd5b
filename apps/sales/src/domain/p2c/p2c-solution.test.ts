import { expect, test } from 'vitest'
import { compareVersions, parseVersion, planInstallation, type SolutionVersion, scriptsBetween } from './p2c-solution.ts'

const version = (text: string): SolutionVersion => parseVersion(text) ?? expect.unreachable(`${text} is a version`)

test.each(['1.15.0', '1.15.0.0.0', '1.15.0.x', '', ' 1.15.0.0', '1.15.0.-1', '1.15.0.10000000000'])('%j is no version', (text) => {
  expect(parseVersion(text)).toBeUndefined()
})

test('versions compare number by number, not as text', () => {
  expect(compareVersions(version('1.9.0.0'), version('1.15.0.0'))).toBeLessThan(0)
  expect(compareVersions(version('15.0.0.1'), version('1.15.0.0'))).toBeGreaterThan(0)
  expect(compareVersions(version('1.15.0.0'), version('01.15.0.0'))).toBe(0)
})

test('a first installation runs every script up to its version', () => {
  expect(planInstallation(undefined, version('1.15.0.0'))).toEqual({
    kind: 'install',
    scripts: ['numbers', 'active-customers', 'quote-flags', 'order-flags', 'company-flags', 'invoice-flags'],
  })
  expect(planInstallation(undefined, version('1.5.0.0'))).toMatchObject({
    scripts: ['numbers', 'active-customers', 'quote-flags', 'order-flags'],
  })
})

test('an upgrade runs the scripts of the versions between, the newer one included', () => {
  expect(planInstallation(version('1.6.0.0'), version('1.15.0.0'))).toEqual({ kind: 'upgrade', scripts: ['invoice-flags'] })
  expect(planInstallation(version('1.5.9.0'), version('1.6.0.0'))).toEqual({ kind: 'upgrade', scripts: ['company-flags'] })
  expect(scriptsBetween(version('1.15.0.0'), version('15.0.0.1'))).toEqual([])
})

test('the same version changes nothing and an older one is a downgrade', () => {
  expect(planInstallation(version('1.15.0.0'), version('1.15.0.0'))).toEqual({ kind: 'unchanged' })
  expect(planInstallation(version('1.15.0.1'), version('1.15.0.0'))).toEqual({ kind: 'downgrade' })
})
