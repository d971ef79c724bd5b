import { expect, test } from 'vitest'
import { aCustomer, D, startTestApp } from '../supply-chain-app.fixture.ts'

test('a fresh installation has what orders need: tax, charges, numbers, periods, aging and parameters', async (t) => {
  const app = await startTestApp(t)
  const rows = async (query: string) => (await app.get(`${D}/${query}`)).json.value
  const ofCompany = (company: string) => `?cross-company=true&$filter=dataAreaId eq '${company}'`
  for (const [company, code, percent] of [
    ['usmf', 'ST8', 8],
    ['demf', 'VAT19', 19],
  ] as const) {
    const filter = ofCompany(company)
    expect(await rows(`TaxCodeValuesV2${filter}`)).toMatchObject([{ TaxCodeId: code, Value: percent }])
    expect(await rows(`TaxGroupDatas${filter}`)).toMatchObject([{ TaxGroupId: 'TX', TaxCodeId: code, ExemptTax: 'No' }])
    expect(await rows(`TaxItemGroups${filter}`)).toMatchObject([{ TaxItemGroupCode: 'ALL', TaxCodeId: code }])
    expect((await rows(`CDSSalesCharges${filter}&$orderby=ChargeCode`)).map((row: { ChargeCode: string }) => row.ChargeCode)).toEqual([
      'FREIGHT',
      'HANDLING',
    ])
    expect(await rows(`SalesParameters${filter}`)).toMatchObject([{ MaxOverUnderPayment: 0.5, LineMultiLineDiscount: 'LinePlusMultiLine' }])
    const aging = await rows(`AgingPeriodDefinitions${filter}&$orderby=LineNum`)
    expect(aging.map((row: { Description: string }) => row.Description)).toEqual([
      'Current',
      '1-30',
      '31-60',
      '61-90',
      '91-180',
      'Over 180',
    ])
    const periods = await rows(`LedgerFiscalPeriods?$filter=LegalEntityId eq '${company}'&$orderby=StartDate`)
    expect(periods).toHaveLength(11 * 12)
    expect(periods[1]).toMatchObject({
      YearName: '2020',
      StartDate: '2020-02-01T12:00:00Z',
      EndDate: '2020-02-29T12:00:00Z',
      PeriodStatus: 'Open',
    })
    expect(periods.at(-1)).toMatchObject({ EndDate: '2030-12-31T12:00:00Z' })
    const invoices = await app.get(`${D}/NumberSequencesV2(ScopeValue='${company}',NumberSequenceCode='CustInv')`)
    expect(invoices.json).toMatchObject({ Format: 'INV-######', IsContinuous: 'Yes', Next: 1 })
  }
})

test('a customer takes the sales tax group of its group and a product the item sales tax group of its own, unless they are given', async (t) => {
  const app = await startTestApp(t)
  const add = async (account: string, values: object) => {
    const row = aCustomer({ dataAreaId: 'usmf', CustomerAccount: account, SalesCurrencyCode: 'USD', ...values })
    return (await app.post(`${D}/CustomersV3`, row)).json.SalesTaxGroup
  }
  expect(await add('C-1', {})).toBe('')
  await app.patch(`${D}/CustomerGroups(dataAreaId='usmf',CustomerGroupId='10')`, { TaxGroupId: 'TX' })
  expect([await add('C-2', {}), await add('C-3', { SalesTaxGroup: '' })]).toEqual(['TX', ''])
  const product = { dataAreaId: 'usmf', ProductGroupId: 'Goods', ItemModelGroupId: 'FIFO', InventoryUnitSymbol: 'ea' }
  const release = async (ItemNumber: string, values: object) =>
    (await app.post(`${D}/ReleasedProductCreationsV2`, { ...product, ItemNumber, ProductNumber: ItemNumber, ...values })).json
  expect((await release('DW-1', {})).SalesSalesTaxItemGroupCode).toBe('ALL')
  expect((await release('DW-2', { SalesSalesTaxItemGroupCode: '' })).SalesSalesTaxItemGroupCode).toBe('')
})

test('an installation of an earlier release gets the later parts of the set-up and keeps what it has', async (t) => {
  const first = await startTestApp(t)
  const { database } = first
  await first.app.close()
  // A period of its own that the periods of the set-up overlap with.
  await database.query(`delete from ledger_fiscal_period;
    insert into ledger_fiscal_period (ledger_name, calendar, year_name, period_name, legal_entity_id, start_date, end_date, period_status)
    values ('usmf', 'Fiscal', '2020', 'All', 'usmf', '2019-12-15', '2020-01-15', 'Open')`)
  // As the earlier release left it: no later parts, jobs without a class, number sequences that count in their rows.
  await database.query(`delete from applied_seed where name >= '0003'; delete from tax_code_value; delete from batch_job where batch_job_rec_id > 5637144600;
    update batch_job set job_class = '', messages = 'kept'; drop sequence number_sequence_${await sequenceId()};
    update number_sequence set next = 42 where number_sequence_code = 'CustAcc' and scope_value = 'usmf'; update tax_code set tax_name = 'Kept'`)
  const again = await startTestApp(t, { database })
  expect((await again.get(`${D}/NumberSequencesV2(ScopeValue='usmf',NumberSequenceCode='CustAcc')`)).json.Next).toBe(42)
  const customer = aCustomer({ dataAreaId: 'usmf', CustomerAccount: '', SalesCurrencyCode: 'USD' })
  expect((await again.post(`${D}/CustomersV3`, customer)).json.CustomerAccount).toBe('US-000042')
  expect((await again.get(`${D}/BatchJobs(5637144600)`)).json).toMatchObject({ JobClass: 'PopulateDistinctProductTable', Messages: 'kept' })
  expect((await again.get(`${D}/BatchJobs`)).json.value).toHaveLength(5)
  const periods = await again.get(`${D}/LedgerFiscalPeriods?$filter=LegalEntityId eq 'usmf'`)
  expect(periods.json.value).toHaveLength(11 * 12) // its own and all but the first of the set-up
  expect((await again.get(`${D}/TaxCodeValuesV2`)).json.value).toHaveLength(1)
  expect((await again.get(`${D}/TaxCodes`)).json.value).toMatchObject([{ TaxName: 'Kept' }])

  async function sequenceId(): Promise<string> {
    const { rows } = await database.query<{ id: string }>(
      `select rec_id::text as id from number_sequence where number_sequence_code = 'CustAcc' and scope_value = 'usmf'`,
    )
    return rows[0]?.id ?? ''
  }
})
