import { CUSTOMER, code, number, type Statement, type TaskStatement, text } from './statement.ts'
import { type Generation, headerFields, LINE_AMOUNTS, lineFields } from './to-supply-chain.ts'

const ACTIVE = '1'
/** Neither won, lost, cancelled nor confirmed in Supply Chain: until then Sales is the master. */
const OPEN_QUOTATION = ['Created', 'Sent', 'Reset', 'Modified', 'Submitted', 'Approved', 'Revised']
const MOVED_ON = { field: 'SalesQuotationStatus', isNot: OPEN_QUOTATION }

const header = (destination: string, generation: Generation) => ({
  source: 'quotes',
  destination,
  qualifies: [
    { field: 'statecode', is: [ACTIVE] },
    { field: 'msdynce_hasexternallymaintainedproductsonly', is: ['true'] },
    { field: 'quotenumber', isNot: [''] },
  ],
  key: [{ source: 'quotenumber', destination: 'SalesQuotationNumber' }],
  movedOn: MOVED_ON,
  fields: [
    code('SalesQuotationNumber', 'quotenumber', { isIdentity: true }),
    ...headerFields(
      { name: 'SalesQuotationName', customer: 'RequestingCustomerAccountNumber', reference: 'CustomersReference' },
      generation,
    ),
    text('DeliveryAddressDescription', CUSTOMER),
  ],
})

const line = (discount: string, generation: Generation) => ({
  source: 'quotedetails',
  destination: 'CDSSalesQuotationLines',
  qualifies: [
    { field: 'quotestatecode', is: [ACTIVE] },
    { field: 'msdynce_quotehasexternalmaintainedproductsonly', is: ['true'] },
  ],
  key: [
    { source: 'quoteid.quotenumber', destination: 'SalesQuotationNumber' },
    { source: 'sequencenumber', destination: 'LineCreationSequenceNumber' },
  ],
  closed: true as const,
  movedOn: MOVED_ON,
  amounts: LINE_AMOUNTS,
  fields: [
    code('SalesQuotationNumber', 'quoteid.quotenumber', { isIdentity: true }),
    ...lineFields('RequestedSalesQuantity', generation),
    number(discount, 'manualdiscountamount'),
  ],
})

/** Source: templates specification 7.5. */
export const QUOTES_DIRECT: Statement = {
  id: 'D5',
  templateName: 'Sales Quotes (Sales to Supply Chain Management) - Direct',
  tasks: [header('CDSSalesQuotationHeaders', 'direct'), line('TotalDiscountAmount', 'direct')],
}

/** The two-hop quote template gives a blank country no default, and its lines carry no description (templates specification 8.5, 8.6). */
const asTwoHop = (task: TaskStatement): TaskStatement => ({
  ...task,
  fields: task.fields
    .filter(({ field }) => field !== 'LineDescription')
    .map((stated) => (stated.value.is === 'country' ? { ...stated, onlyWith: [stated.value.of] } : stated)),
})

/** The discount is one unit's in this generation. Source: templates specification 8.5, 8.6. */
export const QUOTES_TWO_HOP: Statement = {
  id: 'H5',
  templateName: 'Sales Quotes (Sales to Fin and Ops)',
  tasks: [header('SalesQuotationHeaders', 'two-hop'), line('LineDiscountAmount', 'two-hop')].map(asTwoHop),
}
