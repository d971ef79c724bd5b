import { describe, expect, test } from 'vitest'
import { choosePriceList, PRICE_LIST_MISSING } from './price-list.ts'
import { refuseItemProduct, refusePercentage } from './price-list-item.ts'

const winch = { productNumber: 'DW-40', currency: 'EUR', ownPriceListId: null }

describe('S4 the price list of an externally maintained product', () => {
  test.each([
    ['its own list', { ...winch, ownPriceListId: 'own' }, [{ id: 'a', name: 'A' }], 'own'],
    [
      'T9 the first by name',
      winch,
      [
        { id: 'b', name: 'B' },
        { id: 'a', name: 'A' },
      ],
      'a',
    ],
    [
      'by name without case',
      winch,
      [
        { id: '1', name: 'beta' },
        { id: '2', name: 'ALPHA' },
        { id: '3', name: 'Gamma' },
      ],
      '2',
    ],
    [
      'names that differ in case only, by the name as written',
      winch,
      [
        { id: '1', name: 'list' },
        { id: '2', name: 'LIST' },
      ],
      '2',
    ],
  ])('%s', (_, product, candidates, expected) => {
    expect(choosePriceList(product, candidates)).toEqual({ ok: true, value: expected })
  })

  test('T9 without a list the refusal names product and currency and can be recognised', () => {
    const decision = choosePriceList(winch, [])
    expect(decision).toMatchObject({ ok: false, refusal: { code: '0x80040265' } })
    const message = decision.ok ? '' : decision.refusal.message
    expect(message.startsWith(PRICE_LIST_MISSING)).toBe(true)
    expect(message).toContain("'DW-40'")
    expect(message).toContain("'EUR'")
  })
})

describe('price list items', () => {
  const product = { name: 'Deck winch', statecode: 0, productstructure: 1, schedule: 'units' }
  const each = { name: 'Each', schedule: 'units' }

  test.each([
    ['an active product in a unit of its group', product, each, undefined],
    ['a draft product', { ...product, statecode: 2 }, each, undefined],
    ['a retired product', { ...product, statecode: 1 }, each, '0x80061009'],
    ['a family', { ...product, productstructure: 2 }, each, '0x8004f902'],
    ['a unit of another group', product, { ...each, schedule: 'hours' }, '0x80043b14'],
    ['no unit', product, undefined, undefined],
  ])('%s', (_, item, unit, code) => {
    expect(refuseItemProduct(item, unit)?.code).toBe(code)
  })

  test.each([
    [1, '100000', undefined],
    [2, '0', undefined],
    [2, '99999.99999', undefined],
    [2, '100000', '0x80043b0c'],
    [3, '-0.00001', '0x80043b0c'],
    [6, null, undefined],
  ])('method %d with percentage %s', (method, percentage, code) => {
    expect(refusePercentage(method, percentage)?.code).toBe(code)
  })
})
