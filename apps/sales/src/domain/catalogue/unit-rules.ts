import type { RuleRefusal } from '../refusal.ts'

export interface Unit {
  readonly id: string
  readonly name: string
  readonly schedule: string
  readonly isBase: boolean
}

/** Why a unit may not refer to `baseUnit`; undefined where it may. Loops are asked of `findLoop`. Source: Sales 1.7. */
export function refuseBaseUnit(unit: Omit<Unit, 'id'>, baseUnit: Unit | undefined): RuleRefusal | undefined {
  if (unit.isBase && baseUnit !== undefined) {
    return { code: '0x80043b17', message: `'${unit.name}' is the base unit of its unit group: it cannot have a base unit itself.` }
  }
  if (baseUnit !== undefined && baseUnit.schedule !== unit.schedule) {
    return { code: '0x80043b0b', message: `Base unit '${baseUnit.name}' of unit '${unit.name}' belongs to another unit group.` }
  }
  return undefined
}

export const UNIT_LOOP = (name: string): RuleRefusal => ({
  code: '0x80043b1a',
  message: `Unit '${name}' would be a multiple of itself: choose another base unit.`,
})

/** Its group has one base unit, and products, prices and lines name the unit as one of that group. Our choice of code. Source: Sales 1.7. */
export const UNIT_STAYS = (name: string): RuleRefusal => ({
  code: '0x80040203',
  message: `Unit '${name}' cannot be moved to another unit group. Create a unit there instead.`,
})

export const BASE_UNIT_DELETE = (name: string): RuleRefusal => ({
  code: '0x80043b03',
  message: `'${name}' is the base unit of its unit group and cannot be deleted. Delete the unit group instead.`,
})

export const BASE_UNIT_NAME_MISSING: RuleRefusal = {
  code: '0x80043810',
  message: 'A unit group needs the name of its base unit (baseuomname).',
}

/** Names of units are unique inside their group, compared without case. */
export const UNIT_NAME_TAKEN = (name: string): RuleRefusal => ({
  code: '0x80040237',
  status: 412,
  message: `A unit named '${name}' already exists in this unit group. Choose another name.`,
})

/** The default unit of a product must belong to its unit group. Source: Sales 1.7. */
export function refuseDefaultUnit(facts: {
  readonly product: string
  readonly schedule: string | null
  readonly unit: Pick<Unit, 'name' | 'schedule'> | undefined
}): RuleRefusal | undefined {
  if (facts.unit === undefined) return undefined
  if (facts.schedule === null) {
    return { code: '0x80043b13', message: `Product '${facts.product}' has a default unit but no unit group. Give it the unit group too.` }
  }
  if (facts.unit.schedule === facts.schedule) return undefined
  return { code: '0x80043b16', message: `Unit '${facts.unit.name}' is not in the unit group of product '${facts.product}'.` }
}
