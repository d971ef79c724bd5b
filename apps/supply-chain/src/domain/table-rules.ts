import { CONTACT_PERSON_RULES } from './contact-person.ts'
import { CUSTOMER_RULES } from './customer.ts'
import { accept, type Decision, refuse, type TableRules, type WriteCandidate } from './decision.ts'
import { refuseField } from './messages.ts'
import { ORDER_SETTING_RULES, RELEASED_PRODUCT_RULES, RELEASED_VARIANT_RULES } from './product.ts'

const isPositive = (value: string | undefined): boolean => value !== undefined && !value.startsWith('-') && value !== '0'

/** A factor and a denominator of zero would make every quantity zero or none. Source: Supply Chain specification, 1.2 no. 5. */
function decideConversion({ row }: WriteCandidate): Decision {
  const wrong = ['Factor', 'Numerator', 'Denominator'].filter((name) => !isPositive(row[name]))
  return wrong.length === 0 ? accept(row) : refuse(...wrong.map((name) => refuseField(name, 'L14', name)))
}

const decideRate = ({ row }: WriteCandidate): Decision =>
  isPositive(row.Rate) ? accept(row) : refuse(refuseField('Rate', 'L14', 'Exchange rate'))

/** Most set-up follows its description alone. */
const NO_RULES: TableRules = { decide: ({ row }) => accept(row) }

/** Rules by the relation that they guard; a table without own rules follows its description only. */
const RULES: Readonly<Record<string, TableRules>> = {
  customer: CUSTOMER_RULES,
  contact_person: CONTACT_PERSON_RULES,
  released_product: RELEASED_PRODUCT_RULES,
  released_product_variant: RELEASED_VARIANT_RULES,
  product_default_order_setting: ORDER_SETTING_RULES,
  unit_of_measure_conversion: { decide: decideConversion },
  product_unit_of_measure_conversion: { decide: decideConversion },
  exchange_rate: { decide: decideRate },
}

export const rulesOf = (relation: string): TableRules => RULES[relation] ?? NO_RULES
