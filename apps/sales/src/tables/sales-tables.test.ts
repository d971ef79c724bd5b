import type { ColumnDefinition, TableDefinition } from '@p2c/dataverse'
import { describe, expect, test } from 'vitest'
import { ORGANIZATION_COLUMNS } from './organization-columns.ts'
import { salesTables } from './sales-tables.ts'

const tables = salesTables({ uniqueAccountNumber: true })
const table = (name: string): TableDefinition => {
  const found = tables.find((candidate) => candidate.logicalName === name)
  if (found === undefined) throw new Error(`no table ${name}`)
  return found
}
const column = (at: string): ColumnDefinition => {
  const [tableName = '', name = ''] = at.split('.')
  const columns = tableName === 'organization' ? ORGANIZATION_COLUMNS : table(tableName).columns
  const found = columns.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`no column ${at}`)
  return found
}

describe('tables of Sales 0.2', () => {
  test.each([
    ['account', 'accounts', 'accountid', 'name', 1, 'user'],
    ['contact', 'contacts', 'contactid', 'fullname', 2, 'user'],
    ['product', 'products', 'productid', 'name', 1024, 'organization'],
    ['uomschedule', 'uomschedules', 'uomscheduleid', 'name', 1056, 'organization'],
    ['uom', 'uoms', 'uomid', 'name', 1055, 'organization'],
    ['pricelevel', 'pricelevels', 'pricelevelid', 'name', 1022, 'organization'],
    ['productpricelevel', 'productpricelevels', 'productpricelevelid', undefined, 1026, 'organization'],
    ['territory', 'territories', 'territoryid', 'name', 2013, 'organization'],
    ['lead', 'leads', 'leadid', 'fullname', 4, 'user'],
    ['opportunity', 'opportunities', 'opportunityid', 'name', 3, 'user'],
    ['opportunityproduct', 'opportunityproducts', 'opportunityproductid', 'opportunityproductname', 1083, 'parent'],
    ['opportunityclose', 'opportunitycloses', 'activityid', 'subject', 4208, 'user'],
    ['quoteclose', 'quotecloses', 'activityid', 'subject', 4211, 'user'],
    ['orderclose', 'ordercloses', 'activityid', 'subject', 4209, 'user'],
    ['productassociation', 'productassociations', 'productassociationid', undefined, 1025, 'organization'],
    ['discounttype', 'discounttypes', 'discounttypeid', 'name', 1080, 'organization'],
    ['discount', 'discounts', 'discountid', 'name', 1013, 'organization'],
    ['quote', 'quotes', 'quoteid', 'name', 1084, 'user'],
    ['quotedetail', 'quotedetails', 'quotedetailid', 'quotedetailname', 1085, 'parent'],
    ['salesorder', 'salesorders', 'salesorderid', 'name', 1088, 'user'],
    ['salesorderdetail', 'salesorderdetails', 'salesorderdetailid', 'salesorderdetailname', 1089, 'parent'],
    ['invoice', 'invoices', 'invoiceid', 'name', 1090, 'user'],
    ['invoicedetail', 'invoicedetails', 'invoicedetailid', 'invoicedetailname', 1091, 'parent'],
    ['campaign', 'campaigns', 'campaignid', 'name', 4400, 'user'],
    ['list', 'lists', 'listid', 'listname', 4300, 'user'],
    ['msdynce_p2cautonumber', 'msdynce_p2cautonumbers', 'msdynce_p2cautonumberid', 'msdynce_name', 10005, 'user'],
  ])('%s', (logicalName, entitySetName, primaryId, primaryName, objectTypeCode, ownership) => {
    expect(table(logicalName)).toMatchObject({ entitySetName, primaryId, objectTypeCode, ownership, optimisticConcurrency: true })
    expect(table(logicalName).primaryName).toBe(primaryName)
  })

  test('the tables of the flow track changes', () => {
    expect(tables.filter((one) => !one.changeTracking).map((one) => one.logicalName)).toEqual([
      'msdynce_p2cautonumber',
      'publisher',
      'solution',
    ])
  })

  test('alternate keys are those of the solution and no others', () => {
    expect(tables.flatMap((one) => one.alternateKeys)).toEqual([
      { name: 'msdynce_AccountNumber', columns: ['accountnumber'] },
      { name: 'msdynce_ContactNumber', columns: ['msdynce_contactnumber'] },
      { name: 'msdynce_EntityName', columns: ['msdynce_entityname'] },
      { name: 'msdynce_Prefix', columns: ['msdynce_prefix'] },
    ])
    const [account] = salesTables({ uniqueAccountNumber: false })
    expect(account?.alternateKeys).toEqual([])
  })
})

describe('columns', () => {
  test.each([
    ['account.name', { maxLength: 160, required: 'application' }],
    ['account.accountnumber', { maxLength: 20, required: 'application', label: 'Account Number' }],
    ['account.emailaddress3', { maxLength: 100 }],
    ['account.telephone3', { maxLength: 50 }],
    ['account.websiteurl', { maxLength: 200 }],
    ['account.tickersymbol', { maxLength: 10 }],
    ['account.numberofemployees', { type: 'integer', min: 0, max: 1_000_000_000 }],
    ['account.creditlimit', { type: 'money', min: '0', max: '100000000000000' }],
    ['account.aging90', { type: 'money', readOnly: true }],
    ['account.followemail', { type: 'boolean', default: true }],
    ['account.address1_line1', { maxLength: 250 }],
    ['account.address3_city', { maxLength: 80 }],
    ['account.address2_composite', { type: 'memo', maxLength: 1000, readOnly: true }],
    ['account.address1_latitude', { type: 'decimal', min: '-90', max: '90' }],
    ['account.address1_utcoffset', { type: 'integer', min: -1500, max: 1500 }],
    ['contact.firstname', { maxLength: 50, required: 'recommended' }],
    ['contact.lastname', { maxLength: 50, required: 'application' }],
    ['contact.fullname', { maxLength: 160, readOnly: true }],
    ['contact.suffix', { maxLength: 10 }],
    ['contact.childrensnames', { maxLength: 255 }],
    ['contact.birthdate', { type: 'datetime', behavior: 'date-only' }],
    ['contact.msdynce_contactnumber', { maxLength: 20, label: 'Contact Number' }],
    ['contact.msdynce_isactivecustomer', { type: 'boolean', default: false }],
    ['contact.msdynce_iscompanyanaccount', { type: 'boolean', default: false }],
    ['product.productnumber', { maxLength: 100, required: 'system' }],
    ['product.quantitydecimal', { min: 0, max: 5, default: 2 }],
    ['product.price', { type: 'money', max: '1000000000000', precisionSource: 1 }],
    ['product.msdynce_ismaintainedexternally', { type: 'boolean', default: false }],
    ['uom.quantity', { type: 'decimal', precision: 10, max: '10000000000' }],
    ['uomschedule.name', { maxLength: 200, required: 'system' }],
    ['productpricelevel.amount', { type: 'money', precisionSource: 1, max: '100000000000000' }],
    ['productpricelevel.percentage', { type: 'decimal', precision: 5, max: '1000000000' }],
    ['msdynce_p2cautonumber.msdynce_prefix', { maxLength: 3 }],
    ['systemuser.address1_line1', { maxLength: 1024 }],
    ['systemuser.address2_city', { maxLength: 128 }],
    ['systemuser.domainname', { maxLength: 1024, required: 'system' }],
    ['businessunit.address1_name', { maxLength: 100, label: 'Bill To: Name' }],
    ['businessunit.address2_line1', { maxLength: 250 }],
    ['organization.uniquespecifierlength', { min: 4, max: 6, default: 6 }],
    ['organization.currentordernumber', { default: 1000 }],
    ['organization.createproductswithoutparentinactivestate', { default: false }],
  ])('%s', (at, facts) => {
    expect(column(at)).toMatchObject(facts)
  })

  test.each([
    ['account.accountcategorycode', [1, 2]],
    ['account.ownershipcode', [1, 2, 3, 4]],
    ['account.preferredappointmentdaycode', [0, 1, 2, 3, 4, 5, 6]],
    ['account.address1_addresstypecode', [1, 2, 3, 4]],
    ['account.address2_shippingmethodcode', [1]],
    ['contact.gendercode', [1, 2]],
    ['contact.familystatuscode', [1, 2, 3, 4]],
    ['contact.accountrolecode', [1, 2, 3]],
    ['product.statecode', [0, 1, 2, 3]],
    ['product.statuscode', [1, 2, 0, 3]],
    ['pricelevel.statuscode', [100001, 100002]],
    ['productpricelevel.pricingmethodcode', [1, 2, 3, 4, 5, 6]],
  ])('options of %s', (at, values) => {
    const found = column(at)
    expect('options' in found ? found.options.map((option) => option.value) : []).toEqual(values)
  })

  test('industries are 33, from Accounting to Wholesale', () => {
    const found = column('account.industrycode')
    const options = 'options' in found ? found.options : []
    expect(options).toHaveLength(33)
    expect([options[0], options[32]]).toEqual([
      { value: 1, label: 'Accounting' },
      { value: 33, label: 'Wholesale' },
    ])
  })
})

describe('DV lookups', () => {
  test.each([
    ['contact.parentcustomerid', { account: 'parentcustomerid_account', contact: 'parentcustomerid_contact' }],
    ['account.primarycontactid', { contact: 'primarycontactid' }],
    ['account.parentaccountid', { account: 'parentaccountid' }],
    ['account.transactioncurrencyid', { transactioncurrency: 'transactioncurrencyid' }],
    ['product.defaultuomid', { uom: 'defaultuomid' }],
    ['product.defaultuomscheduleid', { uomschedule: 'defaultuomscheduleid' }],
    ['product.pricelevelid', { pricelevel: 'pricelevelid' }],
    ['uom.baseuom', { uom: 'baseuom' }],
    ['lead.customerid', { account: 'customerid_account', contact: 'customerid_contact' }],
    ['lead.parentaccountid', { account: 'parentaccountid' }],
    ...['opportunity', 'quote', 'salesorder', 'invoice'].map((name): [string, Record<string, string>] => [
      `${name}.customerid`,
      { account: 'customerid_account', contact: 'customerid_contact' },
    ]),
    ['opportunityproduct.opportunityid', { opportunity: 'opportunityid' }],
    ['quotedetail.quoteid', { quote: 'quoteid' }],
    ['salesorderdetail.salesorderid', { salesorder: 'salesorderid' }],
    ['invoicedetail.invoiceid', { invoice: 'invoiceid' }],
    ['quote.opportunityid', { opportunity: 'opportunityid' }],
    ['invoice.pricelevelid', { pricelevel: 'pricelevelid' }],
    ['salesorder.quoteid', { quote: 'quoteid' }],
    ['invoice.salesorderid', { salesorder: 'salesorderid' }],
    ['opportunityclose.opportunityid', { opportunity: 'opportunityid' }],
    ['quoteclose.quoteid', { quote: 'quoteid' }],
    ['orderclose.salesorderid', { salesorder: 'salesorderid' }],
    [
      'task.regardingobjectid',
      {
        account: 'regardingobjectid_account_task',
        contact: 'regardingobjectid_contact_task',
        lead: 'regardingobjectid_lead_task',
        opportunity: 'regardingobjectid_opportunity_task',
        quote: 'regardingobjectid_quote_task',
        salesorder: 'regardingobjectid_salesorder_task',
        invoice: 'regardingobjectid_invoice_task',
        campaign: 'regardingobjectid_campaign_task',
      },
    ],
  ])('navigation properties of %s', (at, expected) => {
    const found = column(at)
    const targets = found.type === 'lookup' ? found.targets : []
    expect(Object.fromEntries(targets.map((target) => [target.table, target.navigation]))).toEqual(expected)
  })

  /** Table, collection, and the column that it gathers. Source: Sales 0.2, wire specification 10. */
  test.each([
    ['account', 'contact_customer_accounts', 'contact.parentcustomerid'],
    ['contact', 'contact_customer_contacts', 'contact.parentcustomerid'],
    ['contact', 'account_primary_contact', 'account.primarycontactid'],
    ['account', 'opportunity_customer_accounts', 'opportunity.customerid'],
    ['account', 'quote_customer_accounts', 'quote.customerid'],
    ['account', 'order_customer_accounts', 'salesorder.customerid'],
    ['account', 'invoice_customer_accounts', 'invoice.customerid'],
    ['contact', 'opportunity_customer_contacts', 'opportunity.customerid'],
    ['contact', 'quote_customer_contacts', 'quote.customerid'],
    ['contact', 'order_customer_contacts', 'salesorder.customerid'],
    ['contact', 'invoice_customer_contacts', 'invoice.customerid'],
    ['opportunity', 'product_opportunities', 'opportunityproduct.opportunityid'],
    ['opportunity', 'opportunity_quotes', 'quote.opportunityid'],
    ['opportunity', 'opportunity_sales_orders', 'salesorder.opportunityid'],
    ['quote', 'quote_details', 'quotedetail.quoteid'],
    ['quote', 'quote_orders', 'salesorder.quoteid'],
    ['salesorder', 'order_details', 'salesorderdetail.salesorderid'],
    ['salesorder', 'order_invoices', 'invoice.salesorderid'],
    ['invoice', 'invoice_details', 'invoicedetail.invoiceid'],
    ['pricelevel', 'price_level_product_price_levels', 'productpricelevel.pricelevelid'],
    ['uomschedule', 'unit_of_measurement_schedule_conversions', 'uom.uomscheduleid'],
    ['discounttype', 'discount_type_discounts', 'discount.discounttypeid'],
    ['account', 'Account_Tasks', 'task.regardingobjectid'],
    ['contact', 'Contact_Tasks', 'task.regardingobjectid'],
  ])('%s has the collection %s', (target, collection, at) => {
    const found = column(at)
    const targets = found.type === 'lookup' ? found.targets : []
    expect(targets.find((candidate) => candidate.table === target)?.collection).toBe(collection)
  })

  test('every lookup leads to a table of Sales or of the platform', () => {
    const known = [...tables.map((one) => one.logicalName), 'systemuser', 'team', 'businessunit', 'organization', 'transactioncurrency']
    const targets = tables.flatMap((one) =>
      one.columns.flatMap((col) => (col.type === 'lookup' ? col.targets.map((target) => target.table) : [])),
    )
    expect(targets.filter((target) => !known.includes(target))).toEqual([])
  })
})
