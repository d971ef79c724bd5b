import { expect, test } from 'vitest'
import { addressComposite } from './address-composite.ts'

const none = { line1: null, line2: null, line3: null, city: null, stateorprovince: null, postalcode: null, country: null }

test.each([
  [
    { line1: 'Kaigaten 4', line2: 'Bygg B', city: 'Bergen', stateorprovince: 'Vestland', postalcode: '5003', country: 'Norway' },
    'Kaigaten 4\nBygg B\nBergen, Vestland 5003\nNorway',
  ],
  [{ city: 'Bergen', postalcode: '5003' }, 'Bergen, 5003'],
  [{ stateorprovince: 'WA', postalcode: '98052' }, 'WA 98052'],
  [{ city: 'Bergen' }, 'Bergen'],
  [{ line3: 'c/o Lind', country: 'Sverige' }, 'c/o Lind\nSverige'],
  [{ line1: '   ', city: ' Zürich ' }, 'Zürich'],
  [{}, null],
])('%j is shown as %j', (parts, expected) => {
  expect(addressComposite({ ...none, ...parts })).toBe(expected)
})

test('a composite is cut at the width of its column', () => {
  expect(addressComposite({ ...none, line1: 'a'.repeat(250), line2: 'b'.repeat(2000) })).toHaveLength(1000)
})
