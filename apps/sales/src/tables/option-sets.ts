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
