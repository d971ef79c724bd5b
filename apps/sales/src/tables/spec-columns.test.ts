import type { ColumnDefinition } from '@p2c/dataverse'
import { describe, expect, test } from 'vitest'
import { salesTables } from './sales-tables.ts'

/**
 * The columns of the Sales specification, copied by hand in its notation: `name type requirement`, then `ro` for read-only and `=` with
 * the default where there is one (a bool is No unless told). `opt{1,2}` are the values of a choice in order; `→table/navigation` a
 * lookup, with `*` where deleting the target deletes the row, `!` where it is refused.
 */
const WIDE = '[-922337203685477..922337203685477]'

const AMOUNTS = `
  discountpercentage dec(2)[0..100]
  discountamount money(2)[0..1000000000000]
  freightamount money(2)[0..1000000000000]
  totallineitemamount money(2)${WIDE}
  totallineitemdiscountamount money(2)${WIDE}
  totaldiscountamount money(2)${WIDE}
  totalamountlessfreight money(2)${WIDE}
  totaltax money(2)${WIDE}
  totalamount money(2)${WIDE}
  pricingerrorcode opt{0..38} =0
  skippricecalculation opt{0,1} =0
  transactioncurrencyid →transactioncurrency/transactioncurrencyid! AR`

const CUSTOMER = `
  customerid →account/customerid_account!,contact/customerid_contact! AR
  accountid →account/accountid! ro
  contactid →contact/contactid! ro`

const TERMS = `
  name str(300) AR
  description memo(2000)
  pricelevelid →pricelevel/pricelevelid! AR
  paymenttermscode opt{1,2,3,4}
  shippingmethodcode opt{1,2,3,4,5,6,7}
  willcall bool
  emailaddress str(100)
  msdynce_ismaintainedexternally bool
  msdynce_hasexternallymaintainedproductsonly bool =true`

const address = (block: 'billto' | 'shipto', facts: { named: boolean; terms?: string }) => `
  ${facts.named ? `${block}_addressid guid\n${block}_contactname str(150)` : ''}
  ${block}_name str(200)
  ${[1, 2, 3].map((line) => `${block}_line${line} str(250)`).join('\n')}
  ${block}_city str(80)
  ${block}_stateorprovince str(50)
  ${block}_country str(80)
  ${block}_postalcode str(20)
  ${block}_telephone str(50)
  ${block}_fax str(50)
  ${facts.terms === undefined ? '' : `shipto_freighttermscode ${facts.terms}`}`

const headerAddresses = (named: boolean) => `
  ${address('billto', { named })}
  billto_composite memo(1000) ro
  ${address('shipto', { named, terms: 'opt{1}' })}
  shipto_composite memo(1000) ro`

const line = (table: string, facts: { header: string; state: string }) => `
  ${facts.header}id →${facts.header}/${facts.header}id* SR
  ${table}name str(500) AR
  isproductoverridden bool
  productid →product/productid!
  productdescription str(500)
  productname str(500) ro
  productnumber str(100) ro
  producttypecode opt{1,2,3,4,5} SR =1
  uomid →uom/uomid!
  quantity dec(5)[-100000000000..100000000000] AR
  ispriceoverridden bool
  priceperunit money(1)${WIDE}
  volumediscountamount money(2)[0..922337203685477]
  baseamount money(2)${WIDE}
  manualdiscountamount money(2)[0..1000000000000]
  tax money(2)[-1000000000000..1000000000000]
  extendedamount money(2)${WIDE}
  pricingerrorcode opt{0..38} =0
  skippricecalculation opt{0,1,2,3} =0
  lineitemnumber int[0..1000000000]
  sequencenumber int[-2147483648..2147483647]
  description memo(2000)
  ${facts.header}statecode ${facts.state} SR ro =0
  parentbundleid guid
  parentbundleidref →${table}/parentbundleidref*
  productassociationid guid
  propertyconfigurationstatus opt{0,1,2} SR =2
  transactioncurrencyid →transactioncurrency/transactioncurrencyid!`

const delivery = (named: boolean) => `
  salesrepid →systemuser/salesrepid
  willcall bool
  ${address('shipto', { named, terms: 'opt{1,2}' })}`

const FULFILMENT = `
  quantityshipped dec(5)[-1000000000..1000000000]
  quantitybackordered dec(5)[0..1000000000]
  quantitycancelled dec(5)[0..1000000000]
  iscopied bool`

/** What accounts and contacts share. */
const CUSTOMER_TERMS = `
  emailaddress1 str(100)
  emailaddress2 str(100)
  emailaddress3 str(100)
  telephone1 str(50)
  telephone2 str(50)
  telephone3 str(50)
  fax str(50)
  websiteurl str(200)
  ftpsiteurl str(200)
  description memo(2000)
  creditlimit money(2)[0..100000000000000]
  aging30 money(2)[0..100000000000000] ro
  aging60 money(2)[0..100000000000000] ro
  aging90 money(2)[0..100000000000000] ro
  creditonhold bool
  donotbulkemail bool
  donotbulkpostalmail bool
  donotemail bool
  donotfax bool
  donotphone bool
  donotpostalmail bool
  donotsendmm bool
  merged bool ro
  marketingonly bool
  followemail bool =true
  paymenttermscode opt{1,2,3,4}
  shippingmethodcode opt{1} =1
  preferredcontactmethodcode opt{1,2,3,4,5} =1
  preferredappointmentdaycode opt{0,1,2,3,4,5,6}
  preferredappointmenttimecode opt{1,2,3}
  originatingleadid →lead/originatingleadid
  preferredsystemuserid →systemuser/preferredsystemuserid
  defaultpricelevelid →pricelevel/defaultpricelevelid!
  transactioncurrencyid →transactioncurrency/transactioncurrencyid!
  address1_addressid guid
  address2_line2 str(250)
  address3_composite memo(1000) ro`

const ACTIVITY = `
  subject str(200) AR
  description memo(2000)
  actualstart dt
  actualend dt
  scheduledstart dt
  scheduledend dt`

const SPECIFIED: Readonly<Record<string, string>> = {
  lead: `
    subject str(300) AR
    firstname str(50) RR
    middlename str(50)
    lastname str(50) AR
    fullname str(160) ro
    salutation str(100)
    jobtitle str(100)
    companyname str(100) RR
    emailaddress1 str(100)
    emailaddress3 str(100)
    telephone1 str(50)
    telephone3 str(50)
    mobilephone str(20)
    pager str(20)
    fax str(50)
    websiteurl str(200)
    sic str(20)
    description memo(2000)
    estimatedamount money(0)[0..1000000000000]
    estimatedvalue double[0..1000000000]
    estimatedclosedate date
    budgetamount money(2)[0..1000000000000]
    budgetstatus opt{0,1,2,3}
    revenue money(2)[0..100000000000000]
    numberofemployees int[0..1000000]
    leadqualitycode opt{1,2,3} =2
    leadsourcecode opt{1..10}
    need opt{0,1,2,3}
    purchaseprocess opt{0,1,2}
    purchasetimeframe opt{0,1,2,3,4}
    initialcommunication opt{0,1}
    salesstage opt{0}
    decisionmaker bool
    evaluatefit bool
    confirminterest bool
    donotemail bool
    donotbulkemail bool
    donotphone bool
    donotfax bool
    donotpostalmail bool
    donotsendmm bool
    participatesinworkflow bool
    merged bool ro
    parentaccountid →account/parentaccountid
    parentcontactid →contact/parentcontactid
    accountid →account/accountid ro
    contactid →contact/contactid ro
    customerid →account/customerid_account,contact/customerid_contact ro
    qualifyingopportunityid →opportunity/qualifyingopportunityid
    campaignid →campaign/campaignid
    transactioncurrencyid →transactioncurrency/transactioncurrencyid!
    address1_name str(100)
    address2_line3 str(250)`,
  account: `
    ${CUSTOMER_TERMS}
    name str(160) AR
    accountnumber str(20) AR
    accountcategorycode opt{1,2}
    customertypecode opt{1..12}
    customersizecode opt{1} =1
    accountratingcode opt{1} =1
    accountclassificationcode opt{1} =1
    businesstypecode opt{1} =1
    territorycode opt{1} =1
    ownershipcode opt{1,2,3,4}
    industrycode opt{1..33}
    parentaccountid →account/parentaccountid
    primarycontactid →contact/primarycontactid
    masterid →account/masterid ro
    territoryid →territory/territoryid
    sic str(20)
    stockexchange str(20)
    tickersymbol str(10)
    numberofemployees int[0..1000000000]
    sharesoutstanding int[0..1000000000]
    revenue money(2)[0..100000000000000]
    marketcap money(2)[0..100000000000000]`,
  contact: `
    ${CUSTOMER_TERMS}
    firstname str(50) RR
    middlename str(50)
    lastname str(50) AR
    fullname str(160) ro
    salutation str(100)
    jobtitle str(100)
    department str(100)
    nickname str(100)
    suffix str(10)
    parentcustomerid →account/parentcustomerid_account,contact/parentcustomerid_contact
    accountid →account/accountid ro
    parentcontactid →contact/parentcontactid ro
    mobilephone str(50)
    pager str(50)
    business2 str(50)
    home2 str(50)
    callback str(50)
    company str(50)
    assistantphone str(50)
    managerphone str(50)
    employeeid str(50)
    externaluseridentifier str(50)
    governmentid str(50)
    birthdate date
    anniversary date
    annualincome money(2)[0..100000000000000]
    gendercode opt{1,2}
    familystatuscode opt{1,2,3,4}
    accountrolecode opt{1,2,3}
    haschildrencode opt{1} =1
    educationcode opt{1} =1
    leadsourcecode opt{1} =1
    customertypecode opt{1} =1
    customersizecode opt{1} =1
    territorycode opt{1} =1
    numberofchildren int[0..1000000000]
    childrensnames str(255)
    spousesname str(100)
    assistantname str(100)
    managername str(100)
    isbackofficecustomer bool
    masterid →contact/masterid ro
    msdynce_contactnumber str(20) AR
    msdynce_isactivecustomer bool
    msdynce_iscompanyanaccount bool`,
  opportunity: `
    ${AMOUNTS}
    name str(300) AR
    customerid →account/customerid_account!,contact/customerid_contact! AR
    parentaccountid →account/parentaccountid!
    parentcontactid →contact/parentcontactid
    pricelevelid →pricelevel/pricelevelid!
    isrevenuesystemcalculated bool
    estimatedvalue money(2)[-1000000000000..1000000000000]
    actualvalue money(2)[-1000000000000..1000000000000]
    estimatedclosedate date
    actualclosedate date
    finaldecisiondate date
    closeprobability int[0..100]
    stepname str(200)
    budgetamount money(2)[0..1000000000000]
    budgetstatus opt{0,1,2,3}
    need opt{0,1,2,3}
    purchaseprocess opt{0,1,2}
    purchasetimeframe opt{0,1,2,3,4}
    initialcommunication opt{0,1}
    salesstage opt{0,1,2,3}
    timeline opt{0,1,2,3,4}
    opportunityratingcode opt{1,2,3}
    description memo(2000)
    currentsituation memo(2000)
    customerneed memo(2000)
    customerpainpoints memo(2000)
    proposedsolution memo(2000)
    qualificationcomments memo(2000)
    quotecomments memo(2000)
    identifycompetitors bool
    developproposal bool
    presentfinalproposal bool
    decisionmaker bool
    originatingleadid →lead/originatingleadid
    campaignid →campaign/campaignid`,
  opportunityproduct: line('opportunityproduct', { header: 'opportunity', state: 'opt{0,1,2}' }),
  quote: `
    ${AMOUNTS}${CUSTOMER}${TERMS}${headerAddresses(true)}
    quotenumber str(100) SR
    revisionnumber int[0..2147483647] SR ro =0
    opportunityid →opportunity/opportunityid
    campaignid →campaign/campaignid
    effectivefrom date
    effectiveto date
    expireson date
    requestdeliveryby date
    closedon date
    freighttermscode opt{1,2}`,
  quotedetail: `
    ${line('quotedetail', { header: 'quote', state: 'opt{0,1,2,3}' })}${delivery(true)}
    requestdeliveryby date
    msdynce_quotehasexternalmaintainedproductsonly bool
    msdynce_quoterevisionnumber int[0..2147483647]
    msdynce_ismaintainedexternally bool`,
  salesorder: `
    ${AMOUNTS}${CUSTOMER}${TERMS}${headerAddresses(true)}
    ordernumber str(100) SR
    quoteid →quote/quoteid
    opportunityid →opportunity/opportunityid
    campaignid →campaign/campaignid
    ispricelocked bool AR
    prioritycode opt{1} =1
    requestdeliveryby date
    datefulfilled date
    submitdate date
    submitstatus int[0..1000000000]
    submitstatusdescription memo(2000)
    lastbackofficesubmit dt
    freighttermscode opt{1,2}
    msdynce_processingstatus opt{647390000..647390011} =647390011
    msdynce_misctax money(2)[-1000000000000..1000000000000]`,
  salesorderdetail: `
    ${line('salesorderdetail', { header: 'salesorder', state: 'opt{0,1,2,3,4}' })}${delivery(true)}${FULFILMENT}
    requestdeliveryby date
    quotedetailid →quotedetail/quotedetailid
    salesorderispricelocked bool AR ro
    msdynce_ismaintainedexternally bool
    msdynce_orderhasexternalmaintainedproductsonly bool
    msdynce_orderissubmitted bool
    msdynce_ordernumber str(100)
    msdynce_ismisctax bool`,
  invoice: `
    ${AMOUNTS}${CUSTOMER}${TERMS}${headerAddresses(false)}
    invoicenumber str(100) SR
    salesorderid →salesorder/salesorderid
    opportunityid →opportunity/opportunityid
    ispricelocked bool AR
    duedate date
    datedelivered date
    prioritycode opt{1} =1
    lastbackofficesubmit dt
    msdynce_invoicedate date
    msdynce_misctax money(2)[-1000000000000..1000000000000]`,
  invoicedetail: `
    ${line('invoicedetail', { header: 'invoice', state: 'opt{0,1,2,3}' })}${delivery(false)}${FULFILMENT}
    salesorderdetailid →salesorderdetail/salesorderdetailid
    invoiceispricelocked bool AR ro
    actualdeliveryon date
    shippingtrackingnumber str(100)
    msdynce_invoicenumber str(100)
    msdynce_invoicedate date
    msdynce_ismaintainedexternally bool
    msdynce_ismisctax bool`,
  opportunityclose: `
    ${ACTIVITY}
    opportunityid →opportunity/opportunityid* AR
    actualrevenue money(2)${WIDE}
    competitorid →competitor/competitorid
    transactioncurrencyid →transactioncurrency/transactioncurrencyid!`,
  quoteclose: `
    ${ACTIVITY}
    quoteid →quote/quoteid* AR
    quotenumber str(100)
    revision int[0..1000000000]`,
  orderclose: `
    ${ACTIVITY}
    salesorderid →salesorder/salesorderid* AR
    ordernumber str(100)
    revision int[0..1000000000]`,
  task: ACTIVITY,
  activitypointer: ACTIVITY,
  campaignresponse: `${ACTIVITY}
    responsecode opt{1,2,3,4} =1
    receivedon dt`,
  productassociation: `
    productid →product/productid*
    associatedproduct →product/associatedproduct!
    quantity dec(5)[0..100000000000] AR
    uomid →uom/uomid! AR
    productisrequired opt{0,1} =0`,
  productpricelevel: `discounttypeid →discounttype/discounttypeid!`,
  discounttype: `
    name str(100) SR
    isamounttype bool
    transactioncurrencyid →transactioncurrency/transactioncurrencyid!`,
  discount: `
    discounttypeid →discounttype/discounttypeid* SR
    lowquantity dec(5)[0.00001..100000000000] SR
    highquantity dec(5)[0.00001..100000000000] SR
    amount money(2)[0..1000000000000]
    percentage dec(5)[0..1000000000]
    isamounttype bool AR ro`,
  campaign: `
    name str(128) SR
    codename str(32)
    typecode opt{1,2,3,4,5}
    proposedstart date
    proposedend date
    actualstart date
    actualend date
    budgetedcost money(2)[0..1000000000000]
    othercost money(2)[0..1000000000000]
    expectedrevenue money(2)[0..1000000000000]
    totalactualcost money(2)[0..1000000000000]
    expectedresponse int[0..100]
    promotioncodename str(128)
    objective memo(2000)
    pricelistid →pricelevel/pricelistid!
    transactioncurrencyid →transactioncurrency/transactioncurrencyid! AR`,
  list: `
    listname str(128) SR
    type bool SR
    createdfromcode opt{1,2,4} SR
    membercount int[0..2147483647] ro =0
    lockstatus bool
    purpose str(512)
    source str(128)
    query memo(1073741823)
    cost money(2)[0..1000000000000]`,
  listmember: `
    listid →list/listid* SR
    entityid →account/entityid_account*,contact/entityid_contact*,lead/entityid_lead* SR
    entitytype int[1..4] SR`,
}

const tables = new Map(salesTables({ uniqueAccountNumber: true }).map((table) => [table.logicalName, table]))

/** Every specified column of a table in the notation above, beside the definition in the same notation. */
const rows = Object.entries(SPECIFIED).flatMap(([table, text]) =>
  text
    .split('\n')
    .map((row) => row.trim())
    .filter((row) => row !== '')
    .map((row) => ({ at: `${table}.${row.split(' ')[0]}`, row })),
)

describe('columns of Sales 1.3 to 1.13 and 6.4 to 6.7', () => {
  test.each(rows)('$at', ({ at, row }) => {
    const [tableName = '', name = ''] = at.split('.')
    const column = tables.get(tableName)?.columns.find((candidate) => candidate.name === name)
    expect(column === undefined ? `no ${at}` : written(column)).toBe(row)
  })
})

const REQUIREMENTS = { none: '', recommended: ' RR', application: ' AR', system: ' SR' } as const

function written(column: ColumnDefinition): string {
  const value = 'default' in column ? column.default : undefined
  const standard = value === undefined || value === false ? '' : ` =${value}`
  return `${column.name} ${typeOf(column)}${REQUIREMENTS[column.required ?? 'none']}${column.readOnly === true ? ' ro' : ''}${standard}`
}

function typeOf(column: ColumnDefinition): string {
  switch (column.type) {
    case 'string':
      return `str(${column.maxLength})`
    case 'memo':
      return `memo(${column.maxLength})`
    case 'integer':
      return `int[${column.min}..${column.max}]`
    case 'decimal':
      return `dec(${column.precision})[${column.min}..${column.max}]`
    case 'double':
      return `double[${column.min}..${column.max}]`
    case 'money':
      return `money(${column.precisionSource})[${column.min}..${column.max}]`
    case 'boolean':
      return 'bool'
    case 'choice':
      return `opt{${optionsOf(column.options.map((option) => option.value))}}`
    case 'datetime':
      return column.behavior === 'date-only' ? 'date' : 'dt'
    case 'lookup':
      return `→${column.targets.map((target) => `${target.table}/${target.navigation}${DELETES[target.onDelete]}`).join()}`
    default:
      return column.type
  }
}

const DELETES = { cascade: '*', restrict: '!', 'remove-link': '' } as const

/** A long list without gaps by its ends. */
function optionsOf(values: readonly number[]): string {
  const whole = values.every((value, at) => value === (values[0] ?? 0) + at)
  return values.length >= 8 && whole ? `${values[0]}..${values.at(-1)}` : values.join()
}

describe('states of Sales 2', () => {
  /** State: its reasons, the default one first. */
  const STATES: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
    lead: { '0 Open': [1, 2], '1 Qualified': [3], '2 Disqualified': [4, 5, 6, 7] },
    opportunity: { '0 Open': [1, 2], '1 Won': [3], '2 Lost': [4, 5] },
    quote: { '0 Draft': [1], '1 Active': [2, 3], '2 Won': [4], '3 Closed': [7, 5, 6, 647390000] },
    salesorder: { '0 Active': [1, 2], '1 Submitted': [3], '2 Canceled': [4], '3 Fulfilled': [100001, 100002], '4 Invoiced': [100003] },
    invoice: { '0 Active': [1, 2, 4, 5, 6], '1 Closed': [3, 7], '2 Paid': [100001, 100002], '3 Canceled': [100003] },
    discounttype: { '0 Active': [100001], '1 Inactive': [100002] },
    productassociation: { '0 Active': [1], '1 Inactive': [2], '2 Draft': [0], '3 UnderRevision': [3] },
    campaign: { '0 Active': [0, 1, 2, 3, 4, 5], '1 Inactive': [6] },
    list: { '0 Active': [0], '1 Inactive': [1] },
    opportunityclose: { '0 Open': [1], '1 Completed': [2], '2 Canceled': [3] },
    quoteclose: { '0 Open': [1], '1 Completed': [2], '2 Canceled': [3] },
    orderclose: { '0 Open': [1], '1 Completed': [2], '2 Canceled': [3] },
    campaignresponse: { '0 Open': [1], '1 Closed': [2], '2 Canceled': [3] },
  }

  test.each(Object.keys(STATES))('%s', (name) => {
    const columns = tables.get(name)?.columns ?? []
    const state = columns.find((column) => column.type === 'state')
    const status = columns.find((column) => column.type === 'status')
    if (state?.type !== 'state' || status?.type !== 'status') throw new Error(`${name} has no states`)
    const found = state.options.map((option) => {
      const reasons = status.options.filter((reason) => reason.state === option.value).map((reason) => reason.value)
      const others = reasons.filter((reason) => reason !== option.defaultStatus)
      return [`${option.value} ${option.invariantName}`, [option.defaultStatus, ...others]]
    })
    expect(Object.fromEntries(found)).toEqual(STATES[name])
    expect(state.default).toBe(name === 'productassociation' ? 2 : 0)
  })
})

describe('who takes over a row takes over', () => {
  /** Source: Sales 0.3; lines belong to whom their document belongs to by their ownership. */
  test('the people of a company and the documents of a customer', () => {
    const handedOn = [...tables.values()].flatMap((table) =>
      table.columns.flatMap((column) =>
        column.type === 'lookup'
          ? column.targets.flatMap((target) =>
              target.onAssign === 'cascade' ? [`${target.table} ${table.logicalName}.${column.name}`] : [],
            )
          : [],
      ),
    )
    expect(handedOn).toEqual([
      'account contact.parentcustomerid',
      ...['opportunity', 'quote', 'salesorder', 'invoice'].flatMap((table) => [
        `account ${table}.customerid`,
        `contact ${table}.customerid`,
      ]),
    ])
  })

  test('the lines of documents, and the parts of campaigns and lists', () => {
    const parts = [...tables.values()].filter((table) => table.ownership === 'parent').map((table) => table.logicalName)
    expect(parts).toEqual(['opportunityproduct', 'quotedetail', 'salesorderdetail', 'invoicedetail', 'campaignitem', 'listmember'])
  })
})
