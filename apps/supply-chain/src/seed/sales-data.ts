import type { DemoCompany } from './company-data.ts'
import type { SeedRows } from './seed-rows.ts'

type Row = Readonly<Record<string, string>>

const rate = (FromCurrency: string, ToCurrency: string, Rate: string): Row => ({
  RateTypeName: 'Default',
  FromCurrency,
  ToCurrency,
  StartDate: '2020-01-01',
  Rate,
  ConversionFactor: 'Hundred',
})

/** Rates into the other accounting currencies of demonstrations; those into USD are there from the first part. */
export const FURTHER_RATES: readonly SeedRows[] = [
  [
    'ExchangeRate',
    [
      rate('USD', 'EUR', '90.91'),
      rate('GBP', 'EUR', '116.36'),
      rate('CHF', 'EUR', '101.82'),
      rate('SEK', 'EUR', '8.73'),
      rate('NOK', 'EUR', '8.55'),
      rate('USD', 'NOK', '1063.83'),
      rate('EUR', 'NOK', '1170.21'),
      rate('GBP', 'NOK', '1361.7'),
      rate('SEK', 'NOK', '102.13'),
      rate('USD', 'SEK', '1041.67'),
      rate('EUR', 'SEK', '1145.83'),
      rate('GBP', 'SEK', '1333.33'),
      rate('USD', 'GBP', '78.13'),
    ],
  ],
]

/** The dollars that a new Sales sells in and that had no rate: an invoice needs one into the accounting currency. */
export const DOLLAR_RATES: readonly SeedRows[] = [
  ['ExchangeRate', [rate('AUD', 'USD', '66'), rate('AUD', 'EUR', '60'), rate('CAD', 'EUR', '67.27')]],
]

/** The one sales tax code of a demo company: sales tax of the United States, value-added tax of Germany. */
const TAX: Readonly<Record<string, { readonly code: string; readonly name: string; readonly percent: string }>> = {
  usmf: { code: 'ST8', name: 'Sales tax 8 %', percent: '8' },
  demf: { code: 'VAT19', name: 'Value-added tax 19 %', percent: '19' },
}

/** Sales tax group TX and item sales tax group ALL meet in one code. Source: Supply Chain specification, section 9. */
function salesTax(inCompany: InCompany, company: DemoCompany): readonly SeedRows[] {
  const tax = TAX[company.id]
  if (tax === undefined) return []
  return [
    ['TaxCode', inCompany({ TaxCode: tax.code, TaxName: tax.name, TaxCurrencyCodeId: company.currencyCode })],
    ['TaxCodeValueV2', inCompany({ TaxCodeId: tax.code, Value: tax.percent })],
    ['TaxGroup', inCompany({ TaxGroupCode: 'TX', Description: 'Taxable customers' })],
    ['TaxGroupData', inCompany({ TaxGroupId: 'TX', TaxCodeId: tax.code })],
    ['TaxItemGroupHeading', inCompany({ TaxItemGroup: 'ALL', Name: 'All taxable goods and services' })],
    ['TaxItemGroup', inCompany({ TaxItemGroupCode: 'ALL', TaxCodeId: tax.code })],
  ]
}

type InCompany = (...rows: readonly Row[]) => readonly Row[]

const FIRST_YEAR = 2020
const LAST_YEAR = 2030

/** A period for each month, all of them open. */
function fiscalPeriods(companyId: string): readonly Row[] {
  const months = Array.from({ length: (LAST_YEAR - FIRST_YEAR + 1) * 12 }, (_, index) => ({
    year: FIRST_YEAR + Math.floor(index / 12),
    month: index % 12,
  }))
  const day = (year: number, month: number, date: number) => new Date(Date.UTC(year, month, date)).toISOString().slice(0, 10)
  return months.map(({ year, month }) => ({
    LedgerName: companyId,
    Calendar: 'Fiscal',
    YearName: String(year),
    PeriodName: `Period ${month + 1}`,
    LegalEntityId: companyId,
    StartDate: day(year, month, 1),
    EndDate: day(year, month + 1, 0),
    PeriodStatus: 'Open',
  }))
}

/** Days of each column; the first takes what is not due yet, the last all that is older. Source: Supply Chain specification, 6.5. */
const AGING_COLUMNS = [
  { Description: 'Current', Interval: 'Period', Unit: '0', AgingIndicator: 'None' },
  { Description: '1-30', Interval: 'Day', Unit: '30', AgingIndicator: 'Low' },
  { Description: '31-60', Interval: 'Day', Unit: '30', AgingIndicator: 'Low' },
  { Description: '61-90', Interval: 'Day', Unit: '30', AgingIndicator: 'Medium' },
  { Description: '91-180', Interval: 'Day', Unit: '90', AgingIndicator: 'Medium' },
  { Description: 'Over 180', Interval: 'Unlimited', Unit: '0', AgingIndicator: 'High' },
]

const CHARGES = [
  { ChargeCode: 'FREIGHT', ChargeDescription: 'Freight', SalesTaxItemGroupCode: 'ALL' },
  { ChargeCode: 'HANDLING', ChargeDescription: 'Handling' },
]

const CASH_DISCOUNTS = [
  { CashDiscountCode: '2%D10', Description: '2 percent in 10 days', DiscountPercentage: '2', NumberOfDays: '10' },
  { CashDiscountCode: '1%D14', Description: '1 percent in 14 days', DiscountPercentage: '1', NumberOfDays: '14' },
]

const ORIGINS = [
  { OriginCode: 'WORKORDER', OriginDescription: 'Work order integration', IsOriginTypeAssigned: 'Yes', OriginType: 'WorkOrderIntegration' },
  { OriginCode: 'Phone', OriginDescription: 'Telephone' },
  { OriginCode: 'Web', OriginDescription: 'Web shop' },
]

const HOLD_CODES = [
  { SalesOrderHoldCode: 'Hold', Description: 'Order on hold', IsDefaultSalesOrderHoldCode: 'Yes' },
  { SalesOrderHoldCode: 'Credit', Description: 'Waits for credit approval', IsHoldCodeRemovingInventoryReservations: 'Yes' },
]

const INVENTORY_STATUSES = [
  { InventoryStatusId: 'Available', InventoryStatusName: 'Available' },
  { InventoryStatusId: 'Blocking', InventoryStatusName: 'Blocked', IsBlocking: 'Yes' },
]

const AGING_DEFINITION = AGING_COLUMNS.map((column, index) => ({
  AgingPeriodDefinition: '30_60_90_180',
  LineNum: String(index + 1),
  PrintDirection: 'Backward',
  ...column,
}))

/** Sales tax, charges, discounts, holds, periods, aging and parameters of one company. */
export function salesData(company: DemoCompany): readonly SeedRows[] {
  const inCompany: InCompany = (...rows) => rows.map((row) => ({ dataAreaId: company.id, ...row }))
  return [
    ...salesTax(inCompany, company),
    ['CDSSalesCharge', inCompany(...CHARGES)],
    ['CashDiscount', inCompany(...CASH_DISCOUNTS)],
    ['SalesOrderOriginCode', inCompany(...ORIGINS)],
    ['SalesOrderHoldCode', inCompany(...HOLD_CODES)],
    ['InventoryStatus', inCompany(...INVENTORY_STATUSES)],
    ['LedgerFiscalPeriod', fiscalPeriods(company.id)],
    ['AgingPeriodDefinition', inCompany(...AGING_DEFINITION)],
    ['SalesParameter', inCompany({})],
  ]
}
