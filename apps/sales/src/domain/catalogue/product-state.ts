import type { RuleRefusal } from '../refusal.ts'

/** `statecode` of products by name. Source: Sales 2.6. */
export const PRODUCT_STATES = { active: 0, retired: 1, draft: 2, underRevision: 3 } as const
export type ProductState = keyof typeof PRODUCT_STATES

export const PRODUCT_STRUCTURES = { product: 1, family: 2, bundle: 3 } as const
export type ProductStructure = keyof typeof PRODUCT_STRUCTURES

/** What a change of state means. */
export type ProductMove = 'publish' | 'revise' | 'retire' | 'reactivate'

export type ProductMoveDecision = ProductMove | { readonly refused: string }

const no = (code: string): { readonly refused: string } => ({ refused: code })

/** Every pair of states: the move it is, or the code that refuses it. Source: Sales 2.6. */
const MOVES: Record<ProductState, Record<ProductState, ProductMoveDecision>> = {
  active: { active: no('0x8004f982'), retired: 'retire', draft: no('0x8004f912'), underRevision: 'revise' },
  retired: { active: 'reactivate', retired: no('0x8004f980'), draft: no('0x8004f979'), underRevision: no('0x8004f883') },
  draft: { active: 'publish', retired: no('0x8004f978'), draft: no('0x8004f981'), underRevision: no('0x8004f883') },
  // Retiring skips no state: a revision is published or reverted first.
  underRevision: { active: 'publish', retired: no('0x8004f90a'), draft: no('0x80061035'), underRevision: no('0x8004f883') },
}

/** What going from one state to another means for a product, before its family and price lists are asked. */
export const productMove = (from: ProductState, to: ProductState): ProductMoveDecision => MOVES[from][to]

/** Name of a `statecode`; undefined for another number. */
export const productStateOf = (statecode: unknown): ProductState | undefined =>
  (Object.keys(PRODUCT_STATES) as ProductState[]).find((name) => PRODUCT_STATES[name] === statecode)

/** What the rules of a move ask about a product. */
export interface ProductSituation {
  readonly name: string
  readonly structure: ProductStructure
  /** State of the parent family; absent where the product has no parent. */
  readonly parentState?: ProductState
  /** A price list holds it. */
  readonly priced: boolean
  /** Of a family: a child that is neither Active, to be retired with it, nor Retired. */
  readonly hasUnretirableChild: boolean
  /** An active bundle holds it. */
  readonly bundled: boolean
  /** Of a bundle: one of its products is not Active, nor published with it. */
  readonly hasUnpublishedItem: boolean
}

const STATE_LABELS: Record<ProductState, string> = { active: 'Active', retired: 'Retired', draft: 'Draft', underRevision: 'Under Revision' }

/** Why a product may not go from one state to another; undefined where it may. Source: Sales 2.6. */
export function refuseProductMove(from: ProductState, to: ProductState, product: ProductSituation): RuleRefusal | undefined {
  const move = productMove(from, to)
  if (typeof move === 'object') {
    return { code: move.refused, message: `Product '${product.name}' is ${STATE_LABELS[from]} and cannot become ${STATE_LABELS[to]}.` }
  }
  return MOVE_RULES[move](product)
}

const MOVE_RULES: Record<ProductMove, (product: ProductSituation) => RuleRefusal | undefined> = {
  publish: (product) => needsActiveFamily(product) ?? needsActiveItems(product),
  revise: () => undefined,
  retire: (product) => {
    if (product.priced) {
      return { code: '0x8004f915', message: `Product '${product.name}' is on a price list. Remove its price list items, then retire it.` }
    }
    if (product.bundled) {
      return { code: '0x8004f915', message: `Product '${product.name}' is in an active bundle. Take it out of the bundle, then retire it.` }
    }
    if (product.structure === 'family' && product.hasUnretirableChild) {
      return {
        code: '0x8004f910',
        message: `Family '${product.name}' has products that are Draft or Under Revision. Publish and retire these, or delete them, first.`,
      }
    }
    return undefined
  },
  reactivate: (product) =>
    product.structure === 'product' && product.parentState === undefined
      ? undefined
      : { code: '0x80081017', message: `Only a product without a family can be activated again; '${product.name}' cannot.` },
}

function needsActiveFamily(product: ProductSituation): RuleRefusal | undefined {
  if (product.parentState === undefined || product.parentState === 'active') return undefined
  return {
    code: '0x8004f909',
    message: `Product '${product.name}' cannot be published while its family is ${STATE_LABELS[product.parentState]}.`,
  }
}

function needsActiveItems(product: ProductSituation): RuleRefusal | undefined {
  if (!product.hasUnpublishedItem) return undefined
  return {
    code: '0x8004f907',
    message: `Bundle '${product.name}' cannot be published: it has products that are Draft, Under Revision or Retired.`,
  }
}

/** State of a new product. Source: Sales 1.14, `createproductswithoutparentinactivestate`. */
export const initialProductState = (facts: {
  readonly hasParent: boolean
  readonly structure: number
  readonly activeByDefault: boolean
}): ProductState => (facts.activeByDefault && !facts.hasParent && facts.structure === PRODUCT_STRUCTURES.product ? 'active' : 'draft')

/** Columns that a published product keeps unless the integration maintains it. Source: Sales 2.6, our choice of columns. */
export const STRUCTURAL_PRODUCT_COLUMNS = ['productstructure', 'parentproductid', 'defaultuomscheduleid'] as const

/** True where the structural columns of a product may be written. */
export const mayRestructure = (state: ProductState, maintainedExternally: boolean): boolean =>
  state === 'draft' || state === 'underRevision' || maintainedExternally

/** States that a family hands down to its Active products. Source: Sales 2.6. */
export const isHandedDown = (state: ProductState): boolean => state === 'retired' || state === 'underRevision'

/** The one reason of each state. Source: Sales 2.6. */
export const PRODUCT_REASONS: Record<ProductState, number> = { active: 1, retired: 2, draft: 0, underRevision: 3 }
