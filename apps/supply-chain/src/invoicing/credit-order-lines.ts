import type { CommandContext } from '../commands/command.ts'
import type { FieldValues } from '../domain/field-value.ts'
import { SALES_LINE, SALES_TABLE } from '../entities/sales-orders.ts'
import { writeChangeSet } from '../store/write-change-set.ts'
import type { WriteOperation } from '../store/write-operation.ts'

/** Fields that the header of a return order takes over from the order that was invoiced. */
const HEADER_FIELDS = [
  'SalesOrderName',
  'OrderingCustomerAccountNumber',
  'InvoiceCustomerAccountNumber',
  'ContactPersonId',
  'CurrencyCode',
  'LanguageId',
  'CustomersOrderReference',
  'CustomerRequisitionNumber',
  'DefaultShippingSiteId',
  'DefaultShippingWarehouseId',
  'DeliveryModeCode',
  'DeliveryTermsCode',
  'PaymentTermsName',
  'SalesOrderOriginCode',
  'OrderTakerPersonnelNumber',
  'OrderResponsiblePersonnelNumber',
  'Email',
  'ArePricesIncludingSalesTax',
  'SalesTaxGroupCode',
  'TotalDiscountPercentage',
] as const

/**
 * Creates an order of type ReturnItem for the goods of another order and gives its number: customers, currency, tax and total discount are
 * those of the other order. Throws the refusal of the order's rules.
 */
export async function createReturnOrder(context: CommandContext, original: FieldValues): Promise<string> {
  const values: Record<string, string> = { dataAreaId: original.dataAreaId ?? '', SalesType: 'ReturnItem', SkipCreateAutoCharges: 'Yes' }
  for (const name of HEADER_FIELDS) values[name] = original[name] ?? ''
  const [created] = await write(context, values.dataAreaId ?? '', [{ kind: 'create', entity: SALES_TABLE, values }])
  return created?.SalesOrderNumber ?? ''
}

/** A line of a credit note, and the order that it is to be a line of. */
export interface NewCreditLine {
  readonly salesOrderNumber: string
  readonly values: FieldValues
}

/** Adds the lines to their orders, in the order given, by the rules of order lines; gives them as they are stored. */
export const addCreditLines = (context: CommandContext, dataAreaId: string, lines: readonly NewCreditLine[]): Promise<FieldValues[]> =>
  write(
    context,
    dataAreaId,
    lines.map(({ salesOrderNumber, values }) => ({
      kind: 'create',
      entity: SALES_LINE,
      values: { ...values, dataAreaId, SalesOrderNumber: salesOrderNumber },
    })),
  )

/** A row that its rules refuse ends the command with its refusal. */
async function write(context: CommandContext, dataAreaId: string, operations: readonly WriteOperation[]): Promise<FieldValues[]> {
  const scope = { defaultCompany: dataAreaId, mayAccess: () => true }
  const outcomes = await writeChangeSet(context.sql, operations, { ...context, scope, onFailure: 'stop' })
  return outcomes.flatMap((outcome) => (outcome.ok ? [outcome.values] : []))
}
