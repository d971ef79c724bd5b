import type { Facts, Question, WriteCandidate } from '../decision.ts'
import { at, type FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseField, refuseRow } from '../messages.ts'
import { PRODUCT_DIMENSION_SWITCHES } from '../product.ts'

const PRODUCT = 'DocumentProduct'
const DIMENSIONS = Object.keys(PRODUCT_DIMENSION_SWITCHES)

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

/** How a line names its product: by the number of the distinct product, or by item and product dimensions. */
const isByNumber = (row: FieldValues, given: ReadonlySet<string>): boolean =>
  at(row, 'ProductNumber') !== '' &&
  (given.has('ProductNumber') || ![...given].some((name) => name === 'ItemNumber' || DIMENSIONS.includes(name)))

/** The products that a line may mean, by what it names first; `laterProductQuestions` asks for the rest. */
export const productQuestions = (row: FieldValues): readonly Question[] =>
  at(row, 'ProductNumber') === '' ? itemQuestions(row) : [{ entityName: PRODUCT, field: 'ProductNumber', value: at(row, 'ProductNumber') }]

/** A line that was written with another item than its product has may mean that item; one whose product is unknown is told why. */
export function laterProductQuestions(row: FieldValues, facts: Facts): readonly Question[] {
  const number = at(row, 'ProductNumber')
  if (number === '') return []
  const product = facts.find(PRODUCT, 'ProductNumber', number)
  if (product === undefined) return [{ entityName: 'ReleasedProductV2', field: 'ProductNumber', value: number }, ...itemQuestions(row)]
  return ['ItemNumber', ...DIMENSIONS].every((name) => isSame(at(product, name), at(row, name))) ? [] : itemQuestions(row)
}

const itemQuestions = (row: FieldValues): readonly Question[] =>
  at(row, 'ItemNumber') === ''
    ? []
    : [
        { entityName: PRODUCT, field: 'ItemNumber', value: at(row, 'ItemNumber'), isMany: true },
        { entityName: 'ReleasedProductV2', field: 'ItemNumber', value: at(row, 'ItemNumber') },
      ]

/** The product of a line, as far as it can be found without rules. */
export function findLineProduct(row: FieldValues, given: ReadonlySet<string>, facts: Facts): FieldValues | undefined {
  if (isByNumber(row, given)) return facts.find(PRODUCT, 'ProductNumber', at(row, 'ProductNumber'))
  const ofItem = facts.findAll(PRODUCT, 'ItemNumber', at(row, 'ItemNumber'))
  return ofItem.find((product) => DIMENSIONS.every((name) => isSame(at(product, name), at(row, name))))
}

/** The product of a line with how the line spells it, or why it cannot be sold. */
export type ProductOutcome = { readonly product: FieldValues } | { readonly entry: InfologEntry }

/**
 * The product that a line sells: a distinct product of the company (E17) that can be sold (E18) and, when the line is new or takes another
 * product, is not stopped for sales (E11). Source: Supply Chain specification, 2.15 no. 4 and section 7.
 */
export function decideLineProduct(
  { row, given, facts }: { readonly row: FieldValues; readonly given: ReadonlySet<string>; readonly facts: Facts },
  isOther: boolean,
): ProductOutcome {
  const product = findLineProduct(row, given, facts)
  if (product === undefined) return { entry: unknownProduct(row, given, facts) }
  if (!isOther) return { product }
  if (at(product, 'IsSellable') !== 'Yes') return { entry: refuseRow('E18', at(product, 'ProductNumber')) }
  if (at(product, 'IsSalesStopped') === 'Yes') return { entry: refuseRow('E11', at(product, 'ItemNumber')) }
  return { product }
}

function unknownProduct(row: FieldValues, given: ReadonlySet<string>, facts: Facts): InfologEntry {
  const isNumber = isByNumber(row, given)
  const name = isNumber ? 'ProductNumber' : 'ItemNumber'
  const value = at(row, name)
  if (value === '') return refuseRow('E02', isNumber ? 'Product number' : 'Item number')
  const inactive = isNumber ? undefined : inactiveDimension(row, facts)
  // `ProductSizeId` is called Size.
  if (inactive !== undefined) return refuseField(inactive, 'E06', inactive.replace(/^Product|Id$/g, ''))
  const isReleased = facts.find('ReleasedProductV2', name, value) !== undefined
  // A master is released but nothing of it can be sold without its dimensions, and neither can a product that waits for the job.
  if (isReleased) return refuseRow('E18', value)
  // The reference of the field says the same of an item: one entry remains.
  return isNumber ? refuseField(name, 'E17', value, at(row, 'dataAreaId')) : refuseField(name, 'E01', value, 'Item number', 'Items')
}

/** A product dimension that the row names although no product of the item has it. */
function inactiveDimension(row: FieldValues, facts: Facts): string | undefined {
  const ofItem = facts.findAll(PRODUCT, 'ItemNumber', at(row, 'ItemNumber'))
  return ofItem.length === 0 ? undefined : DIMENSIONS.find((name) => at(row, name) !== '' && ofItem.every((each) => at(each, name) === ''))
}

/** Fields of a line that its product fills where the caller gave nothing; the blank value of the others is ''. */
const NUMBERS: ReadonlySet<string> = new Set(['AllowedOverdeliveryPercentage', 'AllowedUnderdeliveryPercentage'])

/** What a line keeps of its product: item and dimensions, and with a new product the texts, groups and tolerances that were not given. */
export function productValues(product: FieldValues, { before, row, given }: WriteCandidate, isOther: boolean): FieldValues {
  const identity = Object.fromEntries(['ProductNumber', 'ItemNumber', ...DIMENSIONS].map((name) => [name, at(product, name)]))
  // A line always has a unit: a blank one is that of the product again (2.15 no. 6).
  if (!isOther) return at(row, 'SalesUnitSymbol') === '' ? { ...identity, SalesUnitSymbol: at(product, 'SalesUnitSymbol') } : identity
  const defaults: FieldValues = {
    ProductName: [...at(product, 'ProductName')].slice(0, 60).join(''),
    SalesUnitSymbol: at(product, 'SalesUnitSymbol'),
    SalesTaxItemGroupCode: at(product, 'SalesTaxItemGroupCode'),
    AllowedOverdeliveryPercentage: at(product, 'SalesOverdeliveryPercentage'),
    AllowedUnderdeliveryPercentage: at(product, 'SalesUnderdeliveryPercentage'),
  }
  // A blank number may be meant; a blank text is not a value of its own in any of these fields.
  const isKept = (name: string) =>
    (given.has(name) || before === undefined) && at(row, name) !== '' && (!NUMBERS.has(name) || given.has(name))
  return {
    ...identity,
    ...Object.fromEntries(Object.entries(defaults).filter(([name]) => !isKept(name))),
    IsStocked: at(product, 'IsStockedProduct') === 'Yes' ? 'Yes' : 'No',
    MultilineDiscountGroupCode: at(product, 'SalesMultilineDiscountProductGroupCode'),
    TakesPartInTotalDiscount: at(product, 'WillTotalSalesDiscountCalculationIncludeProduct') || 'Yes',
  }
}
