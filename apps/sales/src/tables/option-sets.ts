import type { OptionDefinition } from '@p2c/dataverse'

/** Options numbered from `first`, in the order of their labels. */
export const numbered = (first: number, labels: readonly string[]): readonly OptionDefinition[] =>
  labels.map((label, at) => ({ value: first + at, label }))

/** The single option of choices that an organisation is meant to extend. */
export const DEFAULT_VALUE: readonly OptionDefinition[] = numbered(1, ['Default Value'])

/** Shared option sets of accounts, contacts and documents. Source: Sales 1.1. */
export const PAYMENT_TERMS = numbered(1, ['Net 30', '2% 10, Net 30', 'Net 45', 'Net 60'])
export const FREIGHT_TERMS = numbered(1, ['FOB', 'No Charge'])
export const SHIPPING_METHODS = numbered(1, ['Airborne', 'DHL', 'FedEx', 'UPS', 'Postal Mail', 'Full Load', 'Will Call'])
export const ADDRESS_TYPES = numbered(1, ['Bill To', 'Ship To', 'Primary', 'Other'])
export const CONTACT_METHODS = numbered(1, ['Any', 'Email', 'Phone', 'Fax', 'Mail'])
export const WEEK_DAYS = numbered(0, ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'])
export const DAY_PARTS = numbered(1, ['Morning', 'Afternoon', 'Evening'])

/** Progress of a sale, the same on leads and opportunities. Source: Sales 1.3 and 1.6. */
export const BUDGET_STATUS = numbered(0, ['No Committed Budget', 'May Buy', 'Can Buy', 'Will Buy'])
export const NEEDS = numbered(0, ['Must have', 'Should have', 'Good to have', 'No need'])
export const PURCHASE_PROCESSES = numbered(0, ['Individual', 'Committee', 'Unknown'])
export const PURCHASE_TIME_FRAMES = numbered(0, ['Immediate', 'This Quarter', 'Next Quarter', 'This Year', 'Unknown'])
export const FIRST_COMMUNICATION = numbered(0, ['Contacted', 'Not Contacted'])
export const RATINGS = numbered(1, ['Hot', 'Warm', 'Cold'])

/** What a line sells. Source: Sales 1.1. */
export const LINE_PRODUCT_TYPES = numbered(1, [
  'Product',
  'Bundle',
  'Required Bundle Product',
  'Optional Bundle Product',
  'Project-based Service',
])
export const PROPERTY_CONFIGURATION = numbered(0, ['Edit', 'Rectify', 'Not Configured'])
export const HEADER_PRICE_SKIPS = numbered(0, ['DoPriceCalcAlways', 'SkipPriceCalcOnRetrieve'])
export const LINE_PRICE_SKIPS = numbered(0, [
  'DoPriceCalcAlways',
  'SkipPriceCalcOnCreate',
  'SkipPriceCalcOnUpdate',
  'SkipPriceCalcOnUpSert',
])

/** Why a header or a line could not be priced. Source: Sales 1.1. */
export const PRICING_ERRORS = numbered(0, [
  'None',
  'Detail Error',
  'Missing Price Level',
  'Inactive Price Level',
  'Missing Quantity',
  'Missing Unit Price',
  'Missing Product',
  'Invalid Product',
  'Missing Pricing Code',
  'Invalid Pricing Code',
  'Missing UOM',
  'Product Not In Price Level',
  'Missing Price Level Amount',
  'Missing Price Level Percentage',
  'Missing Price',
  'Missing Current Cost',
  'Missing Standard Cost',
  'Invalid Price Level Amount',
  'Invalid Price Level Percentage',
  'Invalid Price',
  'Invalid Current Cost',
  'Invalid Standard Cost',
  'Invalid Rounding Policy',
  'Invalid Rounding Option',
  'Invalid Rounding Amount',
  'Price Calculation Error',
  'Invalid Discount Type',
  'Discount Type Invalid State',
  'Invalid Discount',
  'Invalid Quantity',
  'Invalid Pricing Precision',
  'Missing Product Default UOM',
  'Missing Product UOM Schedule',
  'Inactive Discount Type',
  'Invalid Price Level Currency',
  'Price Attribute Out Of Range',
  'Base Currency Attribute Overflow',
  'Base Currency Attribute Underflow',
  'Missing Price List Item Currency',
])

/** Where an order stands in Supply Chain. Source: Sales 6.6. */
export const PROCESSING_STATUSES = numbered(647390000, [
  'Active',
  'Confirmed',
  'Packing Slip',
  'Invoiced',
  'Picked',
  'Partially Picked',
  'Partially Packed',
  'Shipped',
  'Partially Shipped',
  'Partially Invoiced',
  'Cancelled',
  'Draft',
])

export const INDUSTRIES = numbered(1, [
  'Accounting',
  'Agriculture and Non-petrol Natural Resource Extraction',
  'Broadcasting Printing and Publishing',
  'Brokers',
  'Building Supply Retail',
  'Business Services',
  'Consulting',
  'Consumer Services',
  'Design, Direction and Creative Management',
  'Distributors, Dispatchers and Processors',
  "Doctor's Offices and Clinics",
  'Durable Manufacturing',
  'Eating and Drinking Places',
  'Entertainment Retail',
  'Equipment Rental and Leasing',
  'Financial',
  'Food and Tobacco Processing',
  'Inbound Capital Intensive Processing',
  'Inbound Repair and Services',
  'Insurance',
  'Legal Services',
  'Non-Durable Merchandise Retail',
  'Outbound Consumer Service',
  'Petrochemical Extraction and Distribution',
  'Service Retail',
  'SIG Affiliations',
  'Social Services',
  'Special Outbound Trade Contractors',
  'Specialty Realty',
  'Transportation',
  'Utility Creation and Distribution',
  'Vehicle Retail',
  'Wholesale',
])
