import { choice, entity, int, key, refersTo, text, yesNo } from './entity.ts'

export const CUSTOMER_GROUPS = entity({
  name: 'CustomerGroup',
  collection: 'CustomerGroups',
  aotName: 'CustCustomerGroupEntity',
  label: 'Customer groups',
  category: 'Reference',
  storage: ['customer_group', 'CustGroup', 'Customer groups'],
  properties: [
    key('CustomerGroupId', 10),
    text('Description', 60),
    text('PaymentTermId', 10, { label: 'Terms of payment', ...refersTo('PaymentTerm', 'Name') }),
    text('TaxGroupId', 10),
    yesNo('IsSalesTaxIncludedInPrice'),
    text('CustomerAccountNumberSequence', 20),
  ],
})

export const PAYMENT_TERMS = entity({
  name: 'PaymentTerm',
  collection: 'PaymentTerms',
  aotName: 'PaymentTermEntity',
  label: 'Terms of payment',
  category: 'Reference',
  storage: ['payment_term', 'PaymTerm', 'Terms of payment'],
  properties: [
    key('Name', 10, { label: 'Terms of payment' }),
    text('Description', 60),
    choice('PaymentMethodType', 'NetCurrent'),
    int('NumberOfDays'),
    int('NumberOfMonths'),
    yesNo('IsCashPayment'),
    int('CutoffDayOfMonth'),
    int('AdditionalMonthsForCutoffDate'),
    choice('CustomerDueDateUpdatePolicy', 'CustomerDueDateUpdatePolicy'),
  ],
})

export const DELIVERY_MODES = entity({
  name: 'DeliveryModeV2',
  collection: 'DeliveryModesV2',
  aotName: 'DlvDeliveryModeV2Entity',
  label: 'Modes of delivery V2',
  category: 'Reference',
  storage: ['delivery_mode', 'DlvMode', 'Modes of delivery'],
  properties: [key('ModeCode', 10, { label: 'Mode of delivery' }), text('ModeDescription', 60), text('ChargeDeliveryGroupId', 10)],
})

export const DELIVERY_TERMS = entity({
  name: 'DeliveryTerm',
  collection: 'DeliveryTerms',
  aotName: 'DlvDeliveryTermEntity',
  label: 'Terms of delivery',
  category: 'Reference',
  storage: ['delivery_term', 'DlvTerm', 'Terms of delivery'],
  properties: [key('TermsCode', 10, { label: 'Delivery terms' }), text('TermsDescription', 60), text('FreightChargeTerms', 20)],
})

export const SALES_ORDER_ORIGIN_CODES = entity({
  name: 'SalesOrderOriginCode',
  collection: 'SalesOrderOriginCodes',
  aotName: 'SalesOrderOriginCodeEntity',
  label: 'Sales order origin codes',
  category: 'Reference',
  storage: ['sales_order_origin_code', 'SalesOrigin', 'Sales origin'],
  properties: [
    key('OriginCode', 10, { label: 'Sales origin' }),
    text('OriginDescription', 60),
    yesNo('IsOriginTypeAssigned'),
    choice('OriginType', 'SalesOriginType'),
  ],
})

export const DECISION_ROLES = entity({
  name: 'ContactPersonDecisionRole',
  collection: 'ContactPersonDecisionRoles',
  aotName: 'smmContactPersonDecisionRoleEntity',
  label: 'Contact person decision roles',
  category: 'Reference',
  storage: ['contact_person_decision_role', 'smmDecisionMakingRole', 'Decision'],
  properties: [key('DecisionMakingRoleCode', 20, { label: 'Decision' }), text('Description', 60)],
})

/** Set-up that customers and contact persons refer to. */
export const CUSTOMER_SETUP_ENTITIES = [
  CUSTOMER_GROUPS,
  PAYMENT_TERMS,
  DELIVERY_MODES,
  DELIVERY_TERMS,
  SALES_ORDER_ORIGIN_CODES,
  DECISION_ROLES,
]
