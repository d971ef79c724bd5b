import { describe, expect, test } from 'vitest'
import { hubTableDefinitions } from './hub-tables.ts'

/**
 * The Common Data Service fields that the tables of templates 8.1 to 8.8 and the table of organisation rows name, copied by hand by entity, with
 * composites written out. `DefaultSellingUnitOfMeasure` is what the article calls `DefaultSellingQuantity_UOM`, not a field of its own.
 */
const address = (field: string): string =>
  ['AddressLine1', 'AddressLine2', 'City', 'State', 'PostalCode', 'Country'].map((part) => `${field}_${part}`).join(' ')
const NAME = 'PersonName_GivenName PersonName_MiddleName PersonName_Surname'

const FIELDS: Readonly<Record<string, string>> = {
  Account: `AccountId OrganizationName PartyType ${address('MailingPostalAddress')} ${address('ShippingPostalAddress')} EmailPrimary PhonePrimary
    PhoneFax WebsiteURL SalesCurrencyCode CreditLimitAmount Description EmployeeCount ${NAME} Birthdate Gender MaritalStatus EmailAlternate Phone01
    Phone02 Phone03 IsEmailContactAllowed IsPhoneContactAllowed Status Organization_OrganizationId`,
  Contact: `ContactId PrimaryAccount_AccountId ${NAME} ${address('MailingPostalAddress')} EmailPrimary EmailAlternate Phone01 PhonePrimary WebsiteURL
    Gender MaritalStatus Birthdate Profession PrimaryAccountRole IsEmailContactAllowed IsPhoneContactAllowed Status Description PartyType
    Organization_OrganizationId PrimaryAccount_Organization_OrganizationId`,
  Product: `ProductId Name Description ProductType DefaultSellingQuantity_UOM SellingUnitPrice SellingUnitPrice_CurrencyCode
    StandardCostAmount_CurrencyCode StandardCostAmount IsStocked Organization_OrganizationId`,
  Quotation: `QuotationId Name Account_AccountId Description RequestedDeliveryDate TotalAmount TotalAmount_CurrencyCode TotalDiscountAmount
    TotalDiscountAmount_CurrencyCode DiscountAmount DiscountAmount_CurrencyCode Status ${address('DeliveryAddress')} Organization_OrganizationId
    Account_Organization_OrganizationId InvoiceAccount_Organization_OrganizationId`,
  QuotationLine: `Quotation_QuotationId Sequence Product_ProductId ProductName Quantity Quantity_UOM UnitPrice UnitPrice_CurrencyCode LineAmount
    LineAmount_CurrencyCode DiscountAmount DiscountAmount_CurrencyCode RequestedDeliveryDate Description ${address('DeliveryAddress')}
    Organization_OrganizationId Product_Organization_OrganizationId Quotation_Organization_OrganizationId`,
  SalesOrder: `SalesOrderId Name Account_AccountId InvoiceAccount_AccountId Description RequestedDeliveryDate OrderDate TotalAmount
    TotalAmount_CurrencyCode TotalDiscountAmount DiscountAmount TotalChargeAmount Status ${address('DeliveryAddress')} ${address('BillingAddress')}
    Organization_OrganizationId Account_Organization_OrganizationId InvoiceAccount_Organization_OrganizationId`,
  SalesOrderLine: `SalesOrder_SalesOrderId Sequence Product_ProductId ProductName Quantity Quantity_UOM UnitPrice UnitPrice_CurrencyCode LineAmount
    LineAmount_CurrencyCode DiscountAmount DiscountAmount_CurrencyCode TotalTaxAmount RequestedDeliveryDate Description
    ${address('DeliveryPostalAddress')} SalesOrder_Organization_OrganizationId Product_Organization_OrganizationId`,
  SalesInvoice: `SalesInvoiceId InvoiceDate SalesOrder_SalesOrderId Account_AccountId ${address('BillingAddress')} TotalAmount_CurrencyCode
    TotalChargeAmount DiscountAmount Organization_OrganizationId Account_Organization_OrganizationId SalesOrder_Organization_OrganizationId`,
  SalesInvoiceLine: `SalesInvoice_SalesInvoiceId Sequence Product_ProductId Quantity Quantity_UOM UnitPrice DiscountAmount TotalTaxAmount
    SalesInvoice_Organization_OrganizationId Product_Organization_OrganizationId`,
  Organization: 'OrganizationId',
}

const KEYS: Readonly<Record<string, string>> = {
  Account: 'Organization_OrganizationId AccountId',
  Contact: 'Organization_OrganizationId ContactId',
  Product: 'Organization_OrganizationId ProductId',
  Quotation: 'Organization_OrganizationId QuotationId',
  QuotationLine: 'Quotation_Organization_OrganizationId Quotation_QuotationId Sequence',
  SalesOrder: 'Organization_OrganizationId SalesOrderId',
  SalesOrderLine: 'SalesOrder_Organization_OrganizationId SalesOrder_SalesOrderId Sequence',
  SalesInvoice: 'Organization_OrganizationId SalesInvoiceId',
  SalesInvoiceLine: 'SalesInvoice_Organization_OrganizationId SalesInvoice_SalesInvoiceId Sequence',
  Organization: 'OrganizationId',
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '')

const tableOf = (entity: string) => {
  const table = hubTableDefinitions.find(({ entitySetName }) => entitySetName === entity)
  if (table === undefined) throw new Error(`no table with the entity set ${entity}`)
  return table
}

describe.each(Object.keys(FIELDS))('%s', (entity) => {
  test('has a column for every field that the templates name', () => {
    const columns = new Set(tableOf(entity).columns.map(({ name }) => name))
    expect(words(FIELDS[entity] ?? '').filter((field) => !columns.has(field.toLowerCase()))).toEqual([])
  })

  test('is told apart by its key inside an organisation, which no row may lack', () => {
    const { alternateKeys, columns } = tableOf(entity)
    const key = words((KEYS[entity] ?? '').toLowerCase())
    expect(alternateKeys.map((one) => one.columns)).toEqual([key])
    const required = columns.filter((column) => column.required === 'system').map(({ name }) => name)
    expect([...required].sort()).toEqual([...key].sort())
  })

  test('is tracked for increments, takes If-Match and belongs to the organisation as a whole', () => {
    expect(tableOf(entity)).toMatchObject({ changeTracking: true, optimisticConcurrency: true, ownership: 'organization' })
  })
})

test('there are no tables beside those of the templates', () => {
  expect(hubTableDefinitions.map(({ entitySetName }) => entitySetName).sort()).toEqual(Object.keys(FIELDS).sort())
})

test('columns are as wide as the widest field of the templates that brings them', () => {
  const width = (entity: string, field: string): unknown => {
    const column = tableOf(entity).columns.find(({ name }) => name === field.toLowerCase())
    return column !== undefined && 'maxLength' in column ? column.maxLength : undefined
  }
  expect(width('Account', 'OrganizationName')).toBe(160)
  expect(width('Account', 'Description')).toBe(2000)
  expect(width('SalesOrder', 'Name')).toBe(300)
  expect(width('SalesOrder', 'DeliveryAddress_AddressLine1')).toBe(250)
  expect(width('SalesOrder', 'SalesOrderId')).toBe(100)
  expect(width('Product', 'ProductId')).toBe(100)
})
