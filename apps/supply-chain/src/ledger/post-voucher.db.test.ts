import { decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { D, startTestApp } from '../supply-chain-app.fixture.ts'
import { ledgerAccount } from './accounts.ts'
import { postVoucher, postVouchers } from './post-voucher.ts'
import { reverseVoucher } from './reverse-voucher.ts'

const entry = (account: Parameters<typeof ledgerAccount>[0], amount: string) => ({
  account: ledgerAccount(account),
  amount: decimal(amount),
  currencyCode: 'USD',
  amountCur: decimal(amount),
})

const voucher = (name: string, ...entries: readonly ReturnType<typeof entry>[]) => ({
  dataAreaId: 'usmf',
  voucher: name,
  date: '2025-03-01',
  text: 'Test',
  entries,
})

test('vouchers balance or are not posted at all, and lines of nought are left out', async (t) => {
  const app = await startTestApp(t)
  const good = voucher(
    'V-1',
    entry('CustomerReceivable', '108'),
    entry('Revenue', '-100'),
    entry('SalesTaxPayable', '-8'),
    entry('Bank', '0'),
  )
  const bad = voucher('V-2', entry('CustomerReceivable', '108'), entry('Revenue', '-107.99'))
  await expect(app.database.transaction((sql) => postVouchers(sql, [good, bad]))).rejects.toMatchObject({ code: 'voucher-unbalanced' })
  expect((await app.get(`${D}/GeneralJournalAccountEntries/$count`)).text).toBe('0')

  await app.database.transaction((sql) => postVouchers(sql, [good, voucher('V-3', entry('Bank', '0'))]))
  const posted = await app.get(`${D}/GeneralJournalEntries?$expand=GeneralJournalAccountEntries`)
  expect(posted.json.value).toMatchObject([
    {
      Voucher: 'V-1',
      AccountingDate: '2025-03-01T12:00:00Z',
      GeneralJournalAccountEntries: [
        { LineNumber: 1, MainAccountName: 'Accounts receivable', AccountingCurrencyAmount: 108, IsCredit: 'No' },
        { LineNumber: 2, MainAccountName: 'Sales revenue', AccountingCurrencyAmount: -100, IsCredit: 'Yes' },
        { LineNumber: 3, MainAccountName: 'Sales tax payable', AccountingCurrencyAmount: -8 },
      ],
    },
  ])
  expect((await app.post(`${D}/GeneralJournalEntries`, { EntryNumber: 1, Voucher: 'X' })).status).toBeGreaterThanOrEqual(400)
})

test('a reversal posts the contrary of everything under a voucher', async (t) => {
  const app = await startTestApp(t)
  await app.database.transaction(async (sql) => {
    await postVoucher(sql, voucher('V-1', entry('CashDiscount', '2'), entry('CustomerReceivable', '-2')))
    await postVoucher(sql, voucher('V-1', entry('OverUnder', '0.3'), entry('CustomerReceivable', '-0.3')))
    await reverseVoucher(sql, { dataAreaId: 'USMF', voucher: 'v-1', by: 'V-2', date: '2025-03-02', text: 'Reversed' })
  })
  const { rows } = await app.database.query<{ account: string; total: string; lines: string }>(
    `select main_account as account, sum(accounting_currency_amount)::text as total, count(*)::text as lines from ledger_transaction group by 1 order by 1`,
  )
  expect(rows.map(({ account, total, lines }) => [account, Number(total), lines])).toEqual([
    ['130100', 0, '4'],
    ['403300', 0, '2'],
    ['618100', 0, '2'],
  ])
})
