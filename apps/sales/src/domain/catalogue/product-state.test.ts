import { describe, expect, test } from 'vitest'
import {
  initialProductState,
  mayRestructure,
  PRODUCT_STATES,
  type ProductSituation,
  type ProductState,
  productMove,
  productStateOf,
  refuseProductMove,
} from './product-state.ts'

/** The whole table of Sales 2.6: the move, or the code of the refusal. */
const EXPECTED: Record<ProductState, Record<ProductState, string>> = {
  active: { active: '0x8004f982', retired: 'retire', draft: '0x8004f912', underRevision: 'revise' },
  retired: { active: 'reactivate', retired: '0x8004f980', draft: '0x8004f979', underRevision: '0x8004f883' },
  draft: { active: 'publish', retired: '0x8004f978', draft: '0x8004f981', underRevision: '0x8004f883' },
  underRevision: { active: 'publish', retired: '0x8004f90a', draft: '0x80061035', underRevision: '0x8004f883' },
}

const states = Object.keys(PRODUCT_STATES) as ProductState[]

describe('product states', () => {
  test.each(states.flatMap((from) => states.map((to) => [from, to] as const)))('%s to %s', (from, to) => {
    const move = productMove(from, to)
    expect(typeof move === 'string' ? move : move.refused).toBe(EXPECTED[from][to])
  })

  test('a state is known by its number only', () => {
    expect(states.map((state) => productStateOf(PRODUCT_STATES[state]))).toEqual(states)
    expect(productStateOf(7)).toBeUndefined()
    expect(productStateOf(null)).toBeUndefined()
  })

  const winch: ProductSituation = {
    name: 'Deck winch DW-40',
    structure: 'product',
    priced: false,
    hasUnretirableChild: false,
    bundled: false,
    hasUnpublishedItem: false,
  }

  test.each([
    ['publishing alone', 'draft', 'active', {}, undefined],
    ['publishing in an active family', 'draft', 'active', { parentState: 'active' }, undefined],
    ['publishing in a draft family', 'draft', 'active', { parentState: 'draft' }, '0x8004f909'],
    ['publishing a revision in a retired family', 'underRevision', 'active', { parentState: 'retired' }, '0x8004f909'],
    ['revising', 'active', 'underRevision', {}, undefined],
    ['retiring', 'active', 'retired', {}, undefined],
    ['retiring with a price list item', 'active', 'retired', { priced: true }, '0x8004f915'],
    ['retiring with an active bundle that holds it', 'active', 'retired', { bundled: true }, '0x8004f915'],
    ['publishing a bundle of active products', 'draft', 'active', { structure: 'bundle' }, undefined],
    ['publishing a bundle with a draft product', 'draft', 'active', { structure: 'bundle', hasUnpublishedItem: true }, '0x8004f907'],
    ['retiring a family of retired products', 'active', 'retired', { structure: 'family' }, undefined],
    ['retiring a family with a draft product', 'active', 'retired', { structure: 'family', hasUnretirableChild: true }, '0x8004f910'],
    ['activating a retired product', 'retired', 'active', {}, undefined],
    ['activating a retired product of a family', 'retired', 'active', { parentState: 'active' }, '0x80081017'],
    ['activating a retired family', 'retired', 'active', { structure: 'family' }, '0x80081017'],
    ['activating a retired bundle', 'retired', 'active', { structure: 'bundle' }, '0x80081017'],
    ['taking back to draft', 'active', 'draft', {}, '0x8004f912'],
  ] as const)('%s', (_, from, to, facts, code) => {
    expect(refuseProductMove(from, to, { ...winch, ...facts })?.code).toBe(code)
  })

  test.each([
    [{ hasParent: false, structure: 1, activeByDefault: false }, 'draft'],
    [{ hasParent: false, structure: 1, activeByDefault: true }, 'active'],
    [{ hasParent: true, structure: 1, activeByDefault: true }, 'draft'],
    [{ hasParent: false, structure: 2, activeByDefault: true }, 'draft'],
    [{ hasParent: false, structure: 3, activeByDefault: true }, 'draft'],
  ])('a new product with %j is %s', (facts, expected) => {
    expect(initialProductState(facts)).toBe(expected)
  })

  test.each([
    ['draft', false, true],
    ['underRevision', false, true],
    ['active', false, false],
    ['active', true, true],
    ['retired', false, false],
  ] as const)('structure of a %s product, maintained externally %s, may change: %s', (state, external, expected) => {
    expect(mayRestructure(state, external)).toBe(expected)
  })
})
