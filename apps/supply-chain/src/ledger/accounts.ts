/**
 * Main accounts by what is posted to them. The application has no chart of accounts of its own: the numbers are those of the demonstration
 * chart, one for each purpose. Source: Supply Chain specification, 6.1 and 6.3.
 */
const LEDGER_ACCOUNTS = {
  Bank: { account: '110110', name: 'Bank account' },
  CustomerReceivable: { account: '130100', name: 'Accounts receivable' },
  Inventory: { account: '140200', name: 'Inventory' },
  /** Goods that a packing slip took out of stock, at physical cost, until the invoice. */
  InventoryPhysicalIssue: { account: '140300', name: 'Packing slips, delivered not invoiced' },
  SalesTaxPayable: { account: '202100', name: 'Sales tax payable' },
  Revenue: { account: '401100', name: 'Sales revenue' },
  ChargeRevenue: { account: '401200', name: 'Charge revenue' },
  CashDiscount: { account: '403300', name: 'Cash discounts given' },
  CostOfGoodsSold: { account: '500100', name: 'Cost of goods sold' },
  /** Counter account of the physical cost of delivered goods, until the invoice. */
  CostOfGoodsDelivered: { account: '500200', name: 'Cost of goods delivered, not invoiced' },
  InventoryProfitLoss: { account: '510500', name: 'Inventory profit and loss' },
  OverUnder: { account: '618100', name: 'Overpayments and underpayments' },
  PennyDifference: { account: '618200', name: 'Penny differences' },
  ExchangeGainLoss: { account: '801300', name: 'Exchange rate gains and losses' },
} as const satisfies Record<string, { readonly account: string; readonly name: string }>
/** What an account is for. */
export type LedgerAccountName = keyof typeof LEDGER_ACCOUNTS

/** The number of the account for a purpose: `130100`. */
export const ledgerAccount = (name: LedgerAccountName): string => LEDGER_ACCOUNTS[name].account

const namesByAccount = new Map<string, string>(Object.values(LEDGER_ACCOUNTS).map(({ account, name }) => [account, name]))

/** What an account is called; blank for one that is not of the list, the offset account of a payment for instance. */
export const ledgerAccountName = (account: string): string => namesByAccount.get(account) ?? ''
