import { describe, expect, test } from 'vitest'
import { calculateSalesTotals } from '../jobs/calculate-sales-totals.ts'
import { D } from '../supply-chain-app.fixture.ts'
import {
  problemOf,
  QUOTATION_LINES,
  QUOTATIONS,
  type QuotationApp,
  quotationAddress,
  quotedLineAddress,
  startQuotations,
} from './sales-quotations.fixture.ts'

/** Content of a quotation that its totals are made for. */
async function contentOf(app: QuotationApp, number: string): Promise<string> {
  const { rows } = await app.database.query<{ content: string }>(
    'select content_version::text as content from sales_quotation where sales_quotation_number = $1',
    [number],
  )
  return rows[0]?.content ?? ''
}

test('a quotation from Sales starts Created with the defaults of its customer, and what was given stays', async (t) => {
  const app = await startQuotations(t)
  const created = await app.addQuotation('Q-1', {
    SalesQuotationName: 'Boats',
    PaymentTermsName: 'Net10',
    SalesQuotationExpiryDate: '2025-03-31',
  })
  expect(created).toMatchObject({
    SalesQuotationStatus: 'Created',
    SalesQuotationHeaderCreationMethod: 'Dynamics365Sales',
    InvoiceCustomerAccountNumber: 'C-1',
    CurrencyCode: 'USD',
    LanguageId: 'en-us',
    DeliveryModeCode: '10',
    PaymentTermsName: 'Net10',
    DefaultShippingSiteId: '1',
    DefaultShippingWarehouseId: '13',
    ReceiptDateRequested: '2025-02-11T12:00:00Z',
    RequestedShippingDate: '2025-02-11T12:00:00Z',
    SalesQuotationExpiryDate: '2025-03-31T12:00:00Z',
    DeliveryAddressStreet: 'Dock 1',
    DeliveryAddressCity: 'Bergen',
    IsDeliveryAddressOrderSpecific: 'No',
    FormattedDeliveryAddress: 'Dock 1\nBergen\nNOR',
    InvoiceAddressCity: 'Bergen',
    GeneratedSalesOrderNumber: '',
    AreTotalsCalculated: 'No',
  })
  // A given creation method is kept; without one, a quotation made in the application itself is its own.
  expect((await app.addQuotation('Q-2', { SalesQuotationHeaderCreationMethod: 'SCM' })).SalesQuotationHeaderCreationMethod).toBe('SCM')
  const native = await app.add('SalesQuotationHeaders', { dataAreaId: 'usmf', RequestingCustomerAccountNumber: 'C-1' })
  expect(native).toMatchObject({ SalesQuotationHeaderCreationMethod: 'SCM', SalesQuotationStatus: 'Created' })
  expect(native.SalesQuotationNumber).not.toBe('')
})

test('another customer brings its own terms and address, but neither a name nor a currency; cleared dates and currencies stay', async (t) => {
  const app = await startQuotations(t)
  await app.addQuotation('Q-1', { SalesQuotationName: 'Boats', RequestedShippingDate: '2025-06-01' })
  // Another payer: its terms, and nothing else.
  await app.patch(quotationAddress('Q-1'), { InvoiceCustomerAccountNumber: 'C-2' })
  expect(await app.quotation('Q-1')).toMatchObject({ PaymentTermsName: 'Net10', CurrencyCode: 'USD', DeliveryAddressCity: 'Bergen' })
  await app.patch(quotationAddress('Q-1'), { RequestingCustomerAccountNumber: 'C-2', DeliveryModeCode: '20' })
  const stored = await app.quotation('Q-1')
  expect(stored).toMatchObject({
    SalesQuotationName: 'Boats',
    InvoiceCustomerAccountNumber: 'C-2',
    CurrencyCode: 'USD',
    DeliveryModeCode: '20',
    DeliveryAddressCity: 'Oslo',
    DeliveryAddressName: 'Customer C-2',
    IsDeliveryAddressOrderSpecific: 'No',
  })
  await app.patch(quotationAddress('Q-1'), { RequestedShippingDate: null, CurrencyCode: '' })
  expect(await app.quotation('Q-1')).toEqual(stored)
})

test('a quotation is for a customer or a prospect: nobody, an unknown customer and a foreign warehouse are refused', async (t) => {
  const app = await startQuotations(t)
  const refused = async (values: object) => {
    const reply = await app.post(QUOTATIONS, { dataAreaId: 'usmf', SalesQuotationNumber: 'Q-1', ...values })
    expect(reply.status).toBe(400)
    return problemOf(reply)
  }
  expect(await refused({})).toContain("Field 'Customer account' must be filled in.")
  expect(await refused({ RequestingCustomerAccountNumber: 'C-9' })).toContain("The value 'C-9' in field 'Customer account' is not found")
  expect(await refused({ RequestingCustomerAccountNumber: 'C-1', DefaultShippingSiteId: '2', DefaultShippingWarehouseId: '13' })).toContain(
    'Warehouse 13 belongs to site 1',
  )
  expect(await refused({ RequestingCustomerAccountNumber: 'C-1', SalesQuotationStatus: 'Sent' })).toContain(
    "'Quotation status' cannot be changed",
  )
  const prospect = await app.addQuotation('Q-1', { RequestingCustomerAccountNumber: '', ProspectId: 'P-7' })
  expect(prospect).toMatchObject({ ProspectId: 'P-7', CurrencyCode: 'USD', InvoiceCustomerAccountNumber: '' })
})

test('lines take numbers in their quotation, prices, places and dates; an unknown quotation or product is told by its field', async (t) => {
  const app = await startQuotations(t)
  await app.addQuotation('Q-1', { ReceiptDateRequested: '2025-04-01', DefaultShippingSiteId: '2', DefaultShippingWarehouseId: '21' })
  expect(await app.quote('Q-1', { LineCreationSequenceNumber: 5 })).toMatchObject({
    LineCreationSequenceNumber: 5,
    ProductName: 'Product DW-40',
    SalesUnitSymbol: 'ea',
    LineAmount: 150,
    ShippingSiteId: '2',
    ShippingWarehouseId: '21',
    RequestedReceiptDate: '2025-04-01T12:00:00Z',
    CurrencyCode: 'USD',
    SalesQuotationStatus: 'Created',
    SalesQuotationLineCreationMethod: 'Dynamics365Sales',
  })
  expect(await app.quote('Q-1', { SalesPrice: undefined, ShippingWarehouseId: '13' })).toMatchObject({
    LineCreationSequenceNumber: 6,
    SalesPrice: 100,
    LineAmount: 300,
    ShippingSiteId: '1',
  })
  const refusals: readonly (readonly [values: object, text: string])[] = [
    [{ SalesQuotationNumber: 'Q-9' }, "The value 'Q-9' in field 'Quotation' is not found in the related table 'Sales quotations'."],
    [{ ProductNumber: 'NONE' }, 'The product NONE is not released in legal entity usmf.'],
    [{ ProductNumber: 'TS-1' }, 'The product TS-1 does not have the information required for a sales order.'],
    [{ LineCreationSequenceNumber: 5 }, 'The record already exists.'],
    [{ LineCreationSequenceNumber: -1 }, "Field 'Line creation sequence' must not be negative."],
    [{ SalesUnitSymbol: 'kg' }, 'No conversion exists between unit kg and unit ea for product DW-40.'],
    [{ ProductNumber: 'BX-1', RequestedSalesQuantity: 0.3 }, 'No conversion exists between unit box and unit ea for product BX-1.'],
    [{ RequestedSalesQuantity: 0, TotalDiscountAmount: 5 }, 'A line discount requires a quantity on line'],
    [{ ItemBatchNumber: 'B-1' }, 'Inventory dimension Batch number is inactive and may consequently not be specified.'],
    [{ ShippingSiteId: '1', ShippingWarehouseId: '21' }, 'Warehouse 21 belongs to site 2'],
  ]
  for (const [values, text] of refusals) {
    const reply = await app.post(QUOTATION_LINES, {
      dataAreaId: 'usmf',
      SalesQuotationNumber: 'Q-1',
      ProductNumber: 'DW-40',
      RequestedSalesQuantity: 1,
      ...values,
    })
    expect([reply.status, problemOf(reply)]).toEqual([400, expect.stringContaining(text)])
  }
  expect(await app.quotedLines('Q-1')).toHaveLength(2)
})

test('a line names its product by number or by item and dimensions, and takes the unit and price of another one that it is given', async (t) => {
  const app = await startQuotations(t)
  await app.addQuotation('Q-1')
  const native = { dataAreaId: 'usmf', SalesQuotationNumber: 'Q-1', ItemNumber: 'ts-1', RequestedSalesQuantity: 2 }
  const variant = await app.add('SalesQuotationLines', { ...native, ProductSizeId: 'm', ProductColorId: 'red' })
  expect(variant).toMatchObject({
    ItemNumber: 'TS-1',
    ProductSizeId: 'M',
    ProductColorId: 'Red',
    LineCreationSequenceNumber: 1,
    LineAmount: 200,
  })
  const refused = async (values: object) => problemOf(await app.post(`${D}/SalesQuotationLines`, { ...native, ...values }))
  expect(await refused({})).toContain('The product TS-1 does not have the information required for a sales order.')
  expect(await refused({ ItemNumber: 'DW-40', ProductSizeId: 'M' })).toContain('Inventory dimension Size is inactive')
  expect(await refused({ ItemNumber: 'NONE' })).toContain("The value 'NONE' in field 'Item number' is not found")
  expect((await app.quotedLines('Q-1'))[0]).toMatchObject({ ProductNumber: 'TS-1-M-RED', SalesUnitSymbol: 'ea' })
  expect((await app.patch(quotedLineAddress('Q-1', 1), { ProductNumber: 'BX-1', RequestedSalesQuantity: 2.5 })).status).toBe(204)
  expect((await app.quotedLines('Q-1'))[0]).toMatchObject({
    ProductNumber: 'BX-1',
    ProductName: 'Boxed',
    SalesUnitSymbol: 'box',
    LineAmount: 250,
  })
  const { rows } = await app.database.query('select item_number, product_size_id, qty_ordered::text as ordered from sales_quotation_line')
  expect(rows).toEqual([{ item_number: 'BX-1', product_size_id: '', ordered: '30' }])
})

test('EX-04 a whole-line discount is split, split anew with the quantity, and ended by a discount per unit', async (t) => {
  const app = await startQuotations(t)
  await app.addQuotation('Q-1')
  const line = async () => (await app.quotedLines('Q-1'))[0]
  await app.quote('Q-1', { LineCreationSequenceNumber: 1, TotalDiscountAmount: 10 })
  expect(await line()).toMatchObject({ LineDiscountAmount: 3.33, FixedPriceCharges: -0.01, LineAmount: 140, TotalDiscountAmount: 10 })
  // What is stored, written again, changes nothing: neither the split nor the version of the row.
  const before = await line()
  await app.patch(quotedLineAddress('Q-1', 1), {
    TotalDiscountAmount: 10,
    LineDiscountAmount: 3.33,
    FixedPriceCharges: -0.01,
    LineAmount: 140,
  })
  expect(await line()).toEqual(before)
  await app.patch(quotedLineAddress('Q-1', 1), { RequestedSalesQuantity: 7 })
  expect(await line()).toMatchObject({ LineDiscountAmount: 1.43, FixedPriceCharges: 0.01, LineAmount: 340, TotalDiscountAmount: 10 })
  await app.patch(quotedLineAddress('Q-1', 1), { LineDiscountAmount: 2 })
  expect(await line()).toMatchObject({ LineDiscountAmount: 2, FixedPriceCharges: 0, LineAmount: 336, TotalDiscountAmount: 14 })
  await app.patch(quotedLineAddress('Q-1', 1), { TotalDiscountAmount: 0 })
  expect(await line()).toMatchObject({ LineDiscountAmount: 0, FixedPriceCharges: 0, LineAmount: 350, TotalDiscountAmount: 0 })
})

test('a sent quotation that is edited in any way returns to Created; one that is written as it stands stays sent', async (t) => {
  const app = await startQuotations(t)
  await app.addQuotation('Q-1', { SalesQuotationName: 'One' })
  await app.quote('Q-1', { LineCreationSequenceNumber: 1 })
  const line = { dataAreaId: 'usmf', SalesQuotationNumber: 'Q-1', ProductNumber: 'DW-40', RequestedSalesQuantity: 1 }
  const edits: readonly (readonly [name: string, edit: () => Promise<{ status: number }>, status: string])[] = [
    [
      'same header',
      () => app.patch(quotationAddress('Q-1'), { SalesQuotationName: 'One', RequestingCustomerAccountNumber: 'c-1' }),
      'Sent',
    ],
    ['same line', () => app.patch(quotedLineAddress('Q-1', 1), { RequestedSalesQuantity: 3, ProductNumber: 'dw-40' }), 'Sent'],
    ['header', () => app.patch(quotationAddress('Q-1'), { SalesQuotationName: 'Two' }), 'Created'],
    ['line', () => app.patch(quotedLineAddress('Q-1', 1), { RequestedSalesQuantity: 4 }), 'Created'],
    ['new line', () => app.post(QUOTATION_LINES, { ...line, LineCreationSequenceNumber: 2 }), 'Created'],
    ['line gone', () => app.delete(quotedLineAddress('Q-1', 2)), 'Created'],
  ]
  for (const [name, edit, status] of edits) {
    expect((await app.run('send', 'Q-1')).status).toBe(200)
    const content = await contentOf(app, 'Q-1')
    expect([name, (await edit()).status < 300]).toEqual([name, true])
    expect([name, (await app.quotation('Q-1')).SalesQuotationStatus]).toEqual([name, status])
    expect([name, (await contentOf(app, 'Q-1')) !== content]).toEqual([name, status === 'Created'])
  }
})

describe('commands', () => {
  const OUTCOMES: Record<string, Record<'send' | 'confirm' | 'lose' | 'cancel', string>> = {
    Created: { send: 'Sent', confirm: 'Confirmed', lose: 'marked as lost', cancel: 'cancelled' },
    Sent: { send: 'Sent', confirm: 'Confirmed', lose: 'Lost', cancel: 'Cancelled' },
    Confirmed: { send: 'sent', confirm: 'confirmed', lose: 'marked as lost', cancel: 'cancelled' },
    Lost: { send: 'sent', confirm: 'confirmed', lose: 'marked as lost', cancel: 'cancelled' },
    Cancelled: { send: 'sent', confirm: 'confirmed', lose: 'marked as lost', cancel: 'cancelled' },
  }
  const WAYS: Record<string, readonly ('send' | 'confirm' | 'lose' | 'cancel')[]> = {
    Created: [],
    Sent: ['send'],
    Confirmed: ['confirm'],
    Lost: ['send', 'lose'],
    Cancelled: ['send', 'cancel'],
  }

  test('E25 each command is allowed in the statuses of section 3.1 and refused in the others, where nothing can be edited or deleted', async (t) => {
    const app = await startQuotations(t)
    for (const [status, outcomes] of Object.entries(OUTCOMES))
      for (const [command, outcome] of Object.entries(outcomes) as ['send' | 'confirm' | 'lose' | 'cancel', string][]) {
        const number = `${status}-${command}`
        await app.addQuotation(number)
        await app.quote(number, { LineCreationSequenceNumber: 1 })
        for (const step of WAYS[status] ?? []) expect((await app.run(step, number)).status).toBe(200)
        const reply = await app.run(command, number)
        const isRefused = outcome.toLowerCase() === outcome
        expect([number, reply.status]).toEqual([number, isRefused ? 400 : 200])
        expect((await app.quotation(number)).SalesQuotationStatus).toBe(isRefused ? status : outcome)
        if (isRefused) expect(reply.text).toContain(`Quotation ${number} has status ${status} and cannot be ${outcome}.`)
      }
    for (const status of ['Confirmed', 'Lost', 'Cancelled']) {
      const number = `${status}-send`
      const told = `Quotation ${number} has status ${status} and cannot be`
      expect(problemOf(await app.patch(quotationAddress(number), { SalesQuotationName: 'New' }))).toContain(`${told} updated.`)
      expect(problemOf(await app.patch(quotedLineAddress(number, 1), { SalesPrice: 1 }))).toContain(`${told} updated.`)
      expect(problemOf(await app.delete(quotedLineAddress(number, 1)))).toContain(`${told} updated.`)
      expect(problemOf(await app.delete(quotationAddress(number)))).toContain(`${told} deleted.`)
      const line = { dataAreaId: 'usmf', SalesQuotationNumber: number, ProductNumber: 'DW-40', RequestedSalesQuantity: 1 }
      expect(problemOf(await app.post(QUOTATION_LINES, line))).toContain(`${told} updated.`)
      // An integration that repeats what it sent is not an edit.
      expect((await app.patch(quotedLineAddress(number, 1), { SalesPrice: 50, RequestedSalesQuantity: 3 })).status).toBe(204)
      expect(await app.quotedLines(number)).toHaveLength(1)
    }
  })

  test('a lost quotation keeps its reason, and its lots expect nothing any more', async (t) => {
    const app = await startQuotations(t)
    await app.addQuotation('Q-1')
    await app.quote('Q-1')
    const lots = () => app.database.query(`select status_issue from inventory_transaction where status_issue = 'QuotationIssue'`)
    expect((await lots()).rows).toHaveLength(1)
    await app.run('send', 'Q-1')
    await app.run('lose', 'Q-1')
    expect((await lots()).rows).toEqual([])
    const { rows } = await app.database.query('select reason_code, sales_quotation_sent_date::text as sent from sales_quotation')
    expect(rows).toEqual([{ reason_code: 'Price', sent: '2025-02-11' }])
    const withoutReason = await app.post(`${D.replace('/data', '')}/api/commands/lose-sales-quotation`, {
      dataAreaId: 'usmf',
      salesQuotationNumber: 'Q-1',
    })
    expect(withoutReason.status).toBe(400)
  })

  test('commands answer as custom services, too, and an unknown quotation is told', async (t) => {
    const app = await startQuotations(t)
    await app.addQuotation('Q-1')
    await app.quote('Q-1')
    const service = `${D.replace('/data', '')}/api/services/SalesQuotationServices/SalesQuotationService/SendSalesQuotation`
    expect((await app.post(service, { dataAreaId: 'usmf', salesQuotationNumber: 'Q-1' })).status).toBe(200)
    expect((await app.quotation('Q-1')).SalesQuotationStatus).toBe('Sent')
    expect((await app.run('send', 'Q-1')).json.result.quotationJournalNumber).toBe('Q-1-2')
    const journals = await app.get(`${D}/SalesQuotationJournals?$orderby=QuotationJournalNumber`)
    expect(journals.json.value).toMatchObject([
      {
        QuotationJournalNumber: 'Q-1-1',
        QuotationDate: '2025-02-11T12:00:00Z',
        RequestingCustomerAccountNumber: 'C-1',
        LineTotalAmount: 150,
      },
      { QuotationJournalNumber: 'Q-1-2' },
    ])
    expect(problemOf(await app.run('send', 'Q-9'))).toContain("The value 'Q-9' in field 'Quotation' is not found")
  })
})

test('only a created quotation can be deleted; its lines, charges and lots go with it', async (t) => {
  const app = await startQuotations(t)
  await app.addQuotation('Q-1')
  await app.quote('Q-1')
  await app.run('send', 'Q-1')
  expect(problemOf(await app.delete(quotationAddress('Q-1')))).toContain('Quotation Q-1 has status Sent and cannot be deleted.')
  await app.patch(quotationAddress('Q-1'), { SalesQuotationName: 'Again' })
  expect((await app.delete(quotationAddress('Q-1'))).status).toBe(204)
  const counts = await app.database.query(
    `select (select count(*) from sales_quotation)::int as headers, (select count(*) from sales_quotation_line)::int as lines,
       (select count(*) from inventory_transaction)::int as transactions`,
  )
  expect(counts.rows).toEqual([{ headers: 0, lines: 0, transactions: 0 }])
})

test('the delivery address of a quotation: own parts, the customer else, and lines that follow it', async (t) => {
  const app = await startQuotations(t)
  const own = await app.addQuotation('Q-1', { DeliveryAddressStreet: 'Kai 4', DeliveryAddressCountryRegionISOCode: 'de' })
  expect(own).toMatchObject({
    DeliveryAddressStreet: 'Kai 4',
    DeliveryAddressCity: '',
    DeliveryAddressCountryRegionId: 'DEU',
    DeliveryAddressCountryRegionISOCode: 'DE',
    IsDeliveryAddressOrderSpecific: 'Yes',
    DeliveryAddressName: 'Customer C-1',
  })
  expect(problemOf(await app.patch(quotationAddress('Q-1'), { DeliveryAddressCountryRegionISOCode: 'XX' }))).toContain("The value 'XX'")
  await app.quote('Q-1', { LineCreationSequenceNumber: 1 })
  await app.quote('Q-1', { LineCreationSequenceNumber: 2, DeliveryAddressCity: 'Oslo' })
  await app.patch(quotationAddress('Q-1'), { DeliveryAddressCity: 'Hamburg' })
  const cities = async () => (await app.quotedLines('Q-1')).map((line) => [line.DeliveryAddressStreet, line.DeliveryAddressCity])
  expect(await cities()).toEqual([
    ['Kai 4', 'Hamburg'],
    ['', 'Oslo'],
  ])
  // No address of its own any more: that of the customer, for the lines without one as well.
  await app.patch(quotationAddress('Q-1'), { IsDeliveryAddressOrderSpecific: 'No' })
  expect(await cities()).toEqual([
    ['Dock 1', 'Bergen'],
    ['', 'Oslo'],
  ])
})

test('totals of a quotation are current until it is edited, and an edit of its charges is one', async (t) => {
  const app = await startQuotations(t)
  await app.addQuotation('Q-1', { TotalDiscountPercentage: 10 })
  await app.quote('Q-1', { LineCreationSequenceNumber: 1, TotalDiscountAmount: 10 })
  const calculate = () => calculateSalesTotals(app.database, { now: app.clock.now() })
  const shown = async () => {
    const { AreTotalsCalculated, QuotationTotalAmount, TotalDiscountAmount, QuotationTotalDiscountAmount } = await app.quotation('Q-1')
    const [line] = await app.quotedLines('Q-1')
    return [AreTotalsCalculated, QuotationTotalAmount, TotalDiscountAmount, QuotationTotalDiscountAmount, line?.AreTotalsCalculated]
  }
  await calculate()
  expect(await shown()).toEqual(['Yes', 126, 14, 24, 'Yes'])
  await app.patch(quotedLineAddress('Q-1', 1), { SalesPrice: 60 })
  expect((await shown())[0]).toBe('No')
  await calculate()
  expect(await shown()).toEqual(['Yes', 153, 17, 27, 'Yes'])
  await app.run('send', 'Q-1')
  await app.add('SalesQuotationHeaderCharges', { dataAreaId: 'usmf', SalesQuotationNumber: 'Q-1', ChargeCode: 'HANDLING', ChargeValue: 7 })
  expect([(await shown())[0], (await app.quotation('Q-1')).SalesQuotationStatus]).toEqual(['No', 'Created'])
  await calculate()
  expect((await shown())[1]).toBe(160)
})

test('many clerks at one quotation: every line gets a number of its own, and nobody waits for ever', async (t) => {
  const app = await startQuotations(t)
  for (const number of ['Q-1', 'Q-2']) await app.addQuotation(number)
  const clerks = Array.from({ length: 20 }, (_, index) => index)
  const replies = await Promise.all(
    clerks.map((index) =>
      index % 5 === 4
        ? app.patch(quotationAddress('Q-1'), { SalesQuotationName: `Name ${index}`, DeliveryAddressCity: `City ${index}` })
        : app.post(QUOTATION_LINES, {
            dataAreaId: 'usmf',
            SalesQuotationNumber: index % 2 === 0 ? 'Q-1' : 'Q-2',
            ProductNumber: 'DW-40',
            RequestedSalesQuantity: 1,
          }),
    ),
  )
  expect(replies.map(({ status }) => status)).toEqual(clerks.map((index) => (index % 5 === 4 ? 204 : 201)))
  for (const number of ['Q-1', 'Q-2']) {
    const lines = await app.quotedLines(number)
    expect(lines.map((line) => line.LineCreationSequenceNumber)).toEqual(lines.map((_, index) => index + 1))
  }
})
