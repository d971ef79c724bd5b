import { readFileSync } from 'node:fs'
import { parseTemplate } from '@p2c/engine'
import { expect, test } from 'vitest'

const read = (file: string) => parseTemplate(JSON.parse(readFileSync(new URL(`../../templates/${file}.json`, import.meta.url), 'utf8')))

interface Expected {
  readonly file: string
  readonly name: string
  /** The older name, which stays usable. */
  readonly alias?: string
  readonly task: string
  /** The header task of a line task, which is the second one. */
  readonly header?: string
  readonly from: string
  readonly to: string
  readonly filter: string | undefined
  /** Source and destination of every row of the default mapping, as the templates specification lists them. */
  readonly rows: string
}

/** Templates specification 7.1 to 7.8: rows marked opt or off are left out; `-` is a constant. */
const TEMPLATES: readonly Expected[] = [
  {
    file: 'accounts-sales-to-supply-chain-direct',
    name: 'Accounts (Sales to Supply Chain Management) - Direct',
    task: 'Accounts - Customers',
    from: 'accounts',
    to: 'CustomersV2',
    filter: 'accountnumber ne null',
    rows: `accountnumber CustomerAccount, accountnumber PartyNumber, name OrganizationName, - PartyType, - IsExternallyMaintained, - CustomerGroupId, - SiteId,
      - WarehouseId, - LanguageId, transactioncurrencyid.isocurrencycode SalesCurrencyCode, address1_line1 AddressStreet, address1_city AddressCity,
      address1_stateorprovince AddressState, address1_postalcode AddressZipCode, address1_county AddressCounty, address1_country AddressCountryRegionISOCode,
      - AddressLocationRoles, address2_line1 DeliveryAddressStreet, address2_city DeliveryAddressCity, address2_stateorprovince DeliveryAddressState,
      address2_postalcode DeliveryAddressZipCode, address2_county DeliveryAddressCounty, address2_country DeliveryAddressCountryRegionISOCode,
      emailaddress1 PrimaryContactEmail, telephone1 PrimaryContactPhone, fax PrimaryContactFax, websiteurl PrimaryContactURL, creditlimit CreditLimit,
      numberofemployees OrganizationNumberOfEmployees, description SalesMemo`,
  },
  {
    file: 'contacts-sales-to-supply-chain-direct',
    name: 'Contacts (Sales to Supply Chain Management) - Direct',
    task: 'Contacts',
    from: 'contacts',
    to: 'CDSContactPersons',
    filter: 'msdynce_isactivecustomer eq false and msdynce_iscompanyanaccount eq true',
    rows: `msdynce_contactnumber ContactPersonPartyNumber, parentcustomerid.Account(accountnumber) AssociatedPartyNumber, - IsContactPersonExternallyMaintained,
      - ContactPersonPartyType, firstname FirstName, middlename MiddleName, lastname LastName, address1_line1 PrimaryAddressStreet,
      address1_city PrimaryAddressCity, address1_stateorprovince PrimaryAddressStateId, address1_postalcode PrimaryAddressZipCode,
      address1_county PrimaryAddressCountyId, address1_country PrimaryAddressCountryRegionISOCode, emailaddress1 PrimaryEmailAddress,
      telephone1 PrimaryPhoneNumber, fax PrimaryFaxNumber, websiteurl PrimaryURL, jobtitle EmploymentProfession, department EmploymentDepartment,
      accountrolecode DecisionMakingRoleCode, gendercode Gender, familystatuscode MaritalStatus, birthdate BirthDay, birthdate BirthMonth,
      birthdate BirthYear, donotpostalmail IsReceivingDirectMail, description Notes, statecode IsInactive`,
  },
  {
    file: 'contacts-to-customer-sales-to-supply-chain-direct',
    name: 'Contacts to Customer (Sales to Supply Chain Management) - Direct',
    task: 'ContactToCustomer',
    from: 'contacts',
    to: 'CustomersV2',
    filter: 'msdynce_isactivecustomer eq true',
    rows: `msdynce_contactnumber CustomerAccount, msdynce_contactnumber PartyNumber, - PartyType, firstname PersonFirstName, middlename PersonMiddleName,
      lastname PersonLastName, fullname OrganizationName, - IsExternallyMaintained, - CustomerGroupId, - LanguageId,
      transactioncurrencyid.isocurrencycode SalesCurrencyCode, address1_line1 AddressStreet, address1_city AddressCity,
      address1_stateorprovince AddressState, address1_postalcode AddressZipCode, address1_country AddressCountryRegionISOCode, - AddressLocationRoles,
      emailaddress1 PrimaryContactEmail, telephone1 PrimaryContactPhone, fax PrimaryContactFax, websiteurl PrimaryContactURL, creditlimit CreditLimit,
      description SalesMemo`,
  },
  {
    file: 'products-supply-chain-to-sales-direct',
    name: 'Products (Supply Chain Management to Sales) - Direct',
    task: 'Products',
    from: 'SellableReleasedProducts',
    to: 'products',
    filter: undefined,
    rows: `ProductNumber productnumber, ProductName name, ProductDescription description, ProductType producttypecode, SalesUnitSymbol defaultuomid.name,
      - defaultuomscheduleid.name, CurrencyCode transactioncurrencyid.isocurrencycode, SalesPrice price, UnitCost currentcost,
      IsStockedProduct isstockitem, - quantitydecimal, - msdynce_ismaintainedexternally`,
  },
  {
    file: 'sales-quotes-sales-to-supply-chain-direct',
    name: 'Sales Quotes (Sales to Supply Chain Management) - Direct',
    alias: 'Sales Quotes (Sales to Fin and Ops) - Direct',
    task: 'QuoteHeader',
    from: 'quotes',
    to: 'CDSSalesQuotationHeaders',
    filter: 'statecode eq 1 and msdynce_hasexternallymaintainedproductsonly eq true',
    rows: `quotenumber SalesQuotationNumber, name SalesQuotationName, customerid.Account(accountnumber).Contact(msdynce_contactnumber) RequestingCustomerAccountNumber,
      transactioncurrencyid.isocurrencycode CurrencyCode, requestdeliveryby RequestedShippingDate, description CustomersReference, shipto_line1 DeliveryAddressStreet, shipto_line2 DeliveryAddressStreetNumber, shipto_city DeliveryAddressCity, shipto_stateorprovince DeliveryAddressStateId,
      shipto_postalcode DeliveryAddressZipCode, shipto_country DeliveryAddressCountryRegionISOCode,
      customerid.Account(accountnumber).Contact(msdynce_contactnumber) DeliveryAddressName,
      customerid.Account(accountnumber).Contact(msdynce_contactnumber) DeliveryAddressDescription, - IsDeliveryAddressOrderSpecific`,
  },
  {
    file: 'sales-quotes-sales-to-supply-chain-direct',
    name: 'Sales Quotes (Sales to Supply Chain Management) - Direct',
    task: 'QuoteLine',
    header: 'QuoteHeader',
    from: 'quotedetails',
    to: 'CDSSalesQuotationLines',
    filter: 'msdynce_quotehasexternalmaintainedproductsonly eq true and quotestatecode eq 1',
    rows: `quoteid.quotenumber SalesQuotationNumber, sequencenumber LineCreationSequenceNumber, productid.productnumber ProductNumber,
      quantity RequestedSalesQuantity, uomid.name SalesUnitSymbol, priceperunit SalesPrice, manualdiscountamount TotalDiscountAmount,
      requestdeliveryby RequestedReceiptDate, description LineDescription, productid.name ProductName, shipto_line1 DeliveryAddressStreet, shipto_line2 DeliveryAddressStreetNumber, shipto_city DeliveryAddressCity, shipto_stateorprovince DeliveryAddressStateId,
      shipto_postalcode DeliveryAddressZipCode, shipto_country DeliveryAddressCountryRegionISOCode,
      shipto_city DeliveryAddressDescription`,
  },
  {
    file: 'sales-orders-sales-to-supply-chain-direct',
    name: 'Sales Orders (Sales to Supply Chain Management) - Direct',
    alias: 'Sales Orders (Sales to Fin and Ops) - Direct',
    task: 'OrderHeader',
    from: 'salesorders',
    to: 'CDSSalesOrderHeaders',
    filter:
      'msdynce_processingstatus eq 647390000 and msdynce_hasexternallymaintainedproductsonly eq true and msdynce_ismaintainedexternally ne true',
    rows: `ordernumber SalesOrderNumber, name SalesOrderName, customerid.Account(accountnumber).Contact(msdynce_contactnumber) OrderingCustomerAccountNumber,
      transactioncurrencyid.isocurrencycode CurrencyCode, requestdeliveryby RequestedShippingDate, description CustomersOrderReference, shipto_line1 DeliveryAddressStreet, shipto_line2 DeliveryAddressStreetNumber, shipto_city DeliveryAddressCity, shipto_stateorprovince DeliveryAddressStateId,
      shipto_postalcode DeliveryAddressZipCode, shipto_country DeliveryAddressCountryRegionISOCode,
      customerid.Account(accountnumber).Contact(msdynce_contactnumber) DeliveryAddressName, - IsDeliveryAddressOrderSpecific`,
  },
  {
    file: 'sales-orders-sales-to-supply-chain-direct',
    name: 'Sales Orders (Sales to Supply Chain Management) - Direct',
    task: 'OrderLine',
    header: 'OrderHeader',
    from: 'salesorderdetails',
    to: 'CDSSalesOrderLines',
    filter: 'msdynce_orderissubmitted eq true and msdynce_orderhasexternalmaintainedproductsonly eq true and msdynce_ismisctax ne true',
    rows: `salesorderid.ordernumber SalesOrderNumber, sequencenumber LineCreationSequenceNumber, productid.productnumber ProductNumber,
      quantity OrderedSalesQuantity, uomid.name SalesUnitSymbol, priceperunit SalesPrice, manualdiscountamount TotalDiscountAmount,
      requestdeliveryby RequestedReceiptDate, description LineDescription, productid.name ProductName, shipto_line1 DeliveryAddressStreet, shipto_line2 DeliveryAddressStreetNumber, shipto_city DeliveryAddressCity, shipto_stateorprovince DeliveryAddressStateId,
      shipto_postalcode DeliveryAddressZipCode, shipto_country DeliveryAddressCountryRegionISOCode,
      shipto_city DeliveryAddressDescription`,
  },
  {
    file: 'sales-orders-supply-chain-to-sales-direct',
    name: 'Sales Orders (Supply Chain Management to Sales) - Direct',
    alias: 'Sales Orders (Fin and Ops to Sales) - Direct',
    task: 'OrderHeader',
    from: 'CDSSalesOrderHeaders',
    to: 'salesorders',
    filter:
      'OrderingCustomerIsExternallyMaintained eq Yes and InvoiceCustomerIsExternallyMaintained eq Yes and SalesOrderProcessingStatus ne Active and AreTotalsUpdated eq Yes and SalesOrderOriginType ne WorkOrderIntegration',
    rows: `SalesOrderNumber ordernumber, SalesOrderName name, OrderingCustomerAccountNumber customerid.Account(accountnumber).Contact(msdynce_contactnumber),
      CurrencyCode transactioncurrencyid.isocurrencycode, CurrencyCode pricelevelid.name, - statecode, SalesOrderProcessingStatus msdynce_processingstatus,
      - msdynce_ismaintainedexternally, OrderHeaderTaxAmount msdynce_misctax, OrderTotalChargesAmount freightamount, TotalDiscountAmount discountamount,
      RequestedShippingDate requestdeliveryby, CustomersOrderReference description, DeliveryAddressStreet shipto_line1,
      DeliveryAddressStreetNumber shipto_line2, DeliveryAddressCity shipto_city, DeliveryAddressStateId shipto_stateorprovince,
      DeliveryAddressZipCode shipto_postalcode, DeliveryAddressCountryRegionISOCode shipto_country, InvoiceAddressStreet billto_line1,
      InvoiceAddressStreetNumber billto_line2, InvoiceAddressCity billto_city, InvoiceAddressStateId billto_stateorprovince,
      InvoiceAddressZipCode billto_postalcode, InvoiceAddressCountryRegionISOCode billto_country`,
  },
  {
    file: 'sales-orders-supply-chain-to-sales-direct',
    name: 'Sales Orders (Supply Chain Management to Sales) - Direct',
    task: 'OrderLine',
    header: 'OrderHeader',
    from: 'CDSSalesOrderLines',
    to: 'salesorderdetails',
    filter:
      'OrderingCustomerIsExternallyMaintained eq Yes and InvoiceCustomerIsExternallyMaintained eq Yes and SalesOrderProcessingStatus ne Active and AreSalesOrderTotalsUpdated eq Yes and SalesOrderOriginType ne WorkOrderIntegration',
    rows: `SalesOrderNumber salesorderid.ordernumber, SalesOrderNumber msdynce_ordernumber, LineCreationSequenceNumber sequencenumber,
      ProductNumber productid.productnumber, OrderedSalesQuantity quantity, SalesUnitSymbol uomid.name, SalesPrice priceperunit, - ispriceoverridden,
      TotalDiscountAmount manualdiscountamount, TotalTaxAmount tax, RequestedReceiptDate requestdeliveryby, LineDescription description,
      CurrencyCode transactioncurrencyid.isocurrencycode, - msdynce_ismaintainedexternally, DeliveryAddressStreet shipto_line1,
      DeliveryAddressStreetNumber shipto_line2, DeliveryAddressCity shipto_city, DeliveryAddressStateId shipto_stateorprovince,
      DeliveryAddressZipCode shipto_postalcode, DeliveryAddressCountryRegionISOCode shipto_country`,
  },
  {
    file: 'sales-invoices-supply-chain-to-sales-direct',
    name: 'Sales Invoices (Supply Chain Management to Sales) - Direct',
    alias: 'Sales Invoices (Fin and Ops to Sales) - Direct',
    task: 'SalesInvoiceHeader',
    from: 'ExternallyMaintainedCustomerSalesInvoiceHeaders',
    to: 'invoices',
    filter: "SalesOrderNumber ne ''",
    rows: `InvoiceNumber invoicenumber, InvoiceNumber name, InvoiceDate msdynce_invoicedate, SalesOrderNumber salesorderid.ordernumber,
      InvoiceCustomerAccountNumber customerid.Account(accountnumber).Contact(msdynce_contactnumber), CurrencyCode transactioncurrencyid.isocurrencycode,
      CurrencyCode pricelevelid.name, - statecode, - statuscode, - ispricelocked, - msdynce_ismaintainedexternally, InvoiceHeaderTaxAmount msdynce_misctax,
      TotalChargeAmount freightamount, TotalDiscountCustomerGroupCode discountamount, CustomersOrderReference description,
      InvoiceAddressStreet billto_line1, InvoiceAddressStreetNumber billto_line2, InvoiceAddressCity billto_city,
      InvoiceAddressState billto_stateorprovince, InvoiceAddressZipCode billto_postalcode, InvoiceAddressCountryRegionId billto_country`,
  },
  {
    file: 'sales-invoices-supply-chain-to-sales-direct',
    name: 'Sales Invoices (Supply Chain Management to Sales) - Direct',
    task: 'SalesInvoiceLine',
    header: 'SalesInvoiceHeader',
    from: 'ExternallyMaintainedCustomerSalesInvoiceLines',
    to: 'invoicedetails',
    filter: undefined,
    rows: `InvoiceNumber invoiceid.invoicenumber, InvoiceNumber msdynce_invoicenumber, InvoiceDate msdynce_invoicedate,
      LineCreationSequenceNumber sequencenumber, ProductNumber productid.productnumber, - isproductoverridden, ProductName productdescription,
      ProductDescription description, InvoicedQuantity quantity, SalesUnitSymbol uomid.name, SalesPrice priceperunit, - ispriceoverridden,
      LineTotalDiscountAmount manualdiscountamount, LineTotalTaxAmount tax, CurrencyCode transactioncurrencyid.isocurrencycode,
      - msdynce_ismaintainedexternally`,
  },
]

test.each(TEMPLATES)('$name: task $task has the rows of its specification, and no others', ({
  file,
  name,
  alias,
  task,
  header,
  ...expected
}) => {
  const template = read(file)
  expect(template).toMatchObject({ name, version: '2.1.0' })
  if (alias !== undefined) expect(template.aliases).toContain(alias)
  const found = template.entityMappingTasks.find((candidate) => candidate.name === task)
  const leg = found?.legs[0]
  expect([found?.order, found?.headerTask]).toEqual(header === undefined ? [1, undefined] : [2, header])
  expect(leg).toMatchObject({ sourceSchema: expected.from, destinationSchema: expected.to })
  expect(leg?.sourceFilter).toBe(expected.filter)
  const pairs = leg?.fieldMappings.map((mapping) => `${mapping.sourceField ?? '-'} ${mapping.destinationField}`)
  expect(pairs).toEqual(expected.rows.split(',').map((pair) => pair.trim()))
  expect(leg?.fieldMappings.every((mapping) => mapping.syncDirection === 1)).toBe(true)
})

test.each([
  [
    'accounts-sales-to-supply-chain-direct',
    {
      PartyType: 'Organization',
      IsExternallyMaintained: 'Yes',
      CustomerGroupId: '10',
      SiteId: '1',
      WarehouseId: '13',
      LanguageId: 'en-us',
      AddressLocationRoles: 'Business',
      CreditLimit: '0',
      OrganizationNumberOfEmployees: '0',
      AddressCountryRegionISOCode: 'US',
    },
  ],
  [
    'contacts-sales-to-supply-chain-direct',
    { IsContactPersonExternallyMaintained: 'Yes', ContactPersonPartyType: 'Person', PrimaryAddressCountryRegionISOCode: 'US' },
  ],
  [
    'contacts-to-customer-sales-to-supply-chain-direct',
    {
      PartyType: 'Person',
      IsExternallyMaintained: 'Yes',
      CustomerGroupId: '10',
      LanguageId: 'en-us',
      AddressLocationRoles: 'Business',
      CreditLimit: '0',
      AddressCountryRegionISOCode: 'US',
    },
  ],
  [
    'products-supply-chain-to-sales-direct',
    { 'defaultuomscheduleid.name': 'Default unit', quantitydecimal: '0', msdynce_ismaintainedexternally: 'true' },
  ],
])('%s has the defaults of its specification', (file, expected) => {
  const mappings = read(file).entityMappingTasks[0]?.legs[0]?.fieldMappings ?? []
  const defaults = mappings.flatMap(({ destinationField, valueTransforms }) => {
    const last = valueTransforms?.find((transform) => transform.transformType === 'Default')
    return last === undefined || destinationField === undefined ? [] : [[destinationField, last.defaultValue]]
  })
  expect(Object.fromEntries(defaults)).toEqual(expected)
})
