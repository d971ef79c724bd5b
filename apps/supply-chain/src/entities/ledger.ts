import { date, entity, int, long, real, text, toMany, toOne, yesNo } from './entity.ts'

const ENTRY_STORAGE = ['general_journal_entry', 'GeneralJournalEntry', 'Voucher transactions'] as const
const TRANSACTION_STORAGE = ['ledger_transaction', 'GeneralJournalAccountEntry', 'Voucher lines'] as const

const entryNumber = () => long('EntryNumber', { isKey: true, label: 'Journal entry' })

/** One posting under a voucher; a document may post several under the same one. */
export const GENERAL_JOURNAL_ENTRIES = entity({
  name: 'GeneralJournalEntry',
  collection: 'GeneralJournalEntries',
  aotName: 'GeneralJournalEntryEntity',
  label: 'General journal entries',
  category: 'Transaction',
  storage: ENTRY_STORAGE,
  isPosted: true,
  properties: [entryNumber(), text('Voucher', 20), date('AccountingDate'), text('Text', 60, { label: 'Description' })],
  navigation: [toMany('GeneralJournalAccountEntries', 'GeneralJournalAccountEntry', ['EntryNumber', 'EntryNumber'])],
})

/** The debits and credits of the ledger; debits are positive. The lines of one entry add up to nought in the accounting currency. */
export const GENERAL_JOURNAL_ACCOUNT_ENTRIES = entity({
  name: 'GeneralJournalAccountEntry',
  collection: 'GeneralJournalAccountEntries',
  aotName: 'GeneralJournalAccountEntryEntity',
  label: 'General journal account entries',
  category: 'Transaction',
  storage: TRANSACTION_STORAGE,
  isPosted: true,
  properties: [
    entryNumber(),
    int('LineNumber', { isKey: true }),
    text('Voucher', 20),
    date('AccountingDate'),
    text('MainAccount', 40),
    text('MainAccountName', 60),
    text('TransactionCurrencyCode', 3, { label: 'Currency' }),
    real('TransactionCurrencyAmount', { label: 'Amount in transaction currency' }),
    real('AccountingCurrencyAmount', { label: 'Amount' }),
    yesNo('IsCredit'),
    text('Text', 60, { label: 'Description' }),
  ],
  navigation: [toOne('GeneralJournalEntry', 'GeneralJournalEntry', ['EntryNumber', 'EntryNumber'])],
})

/** The ledger: entries before their lines. */
export const LEDGER_ENTITIES = [GENERAL_JOURNAL_ENTRIES, GENERAL_JOURNAL_ACCOUNT_ENTRIES]
