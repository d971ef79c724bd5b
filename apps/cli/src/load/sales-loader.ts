import { SALES_ROOT } from './applications.ts'
import type { ApplicationClient } from './http.ts'
import type { LoadAccount, LoadAddress, LoadContact } from './load-set.ts'
import { quote } from './read-rows.ts'
import { type LoadOutcome, writeBatches } from './write-batches.ts'

/** Rows of one bulk message; within the range that the service advises. */
const BATCH_SIZE = 500
const LANES = 2

export interface SalesLoader {
  loadAccounts(accounts: readonly LoadAccount[], onProgress: (done: number) => void): Promise<LoadOutcome>
  /** After the accounts, since contacts name theirs. */
  loadContacts(contacts: readonly LoadContact[], onProgress: (done: number) => void): Promise<LoadOutcome>
}

/** Puts accounts and contacts into a Sales application over its Web API, by alternate key: loading twice changes nothing more. */
export async function createSalesLoader(client: ApplicationClient): Promise<SalesLoader> {
  const currencies = await readCurrencies(client)
  const upsert = <Item extends { number: string }>(set: string, table: string, input: UpsertInput<Item>): Promise<LoadOutcome> =>
    writeBatches({
      ...input,
      size: BATCH_SIZE,
      lanes: LANES,
      keyOf: (item) => item.number,
      write: async (items) => {
        const targets = items.map((item) => ({
          '@odata.type': `Microsoft.Dynamics.CRM.${table}`,
          '@odata.id': `${set}(${input.keyColumn}=${quote(item.number)})`,
          ...input.toRow(item),
        }))
        await client.json('POST', `${SALES_ROOT}/${set}/Microsoft.Dynamics.CRM.UpsertMultiple`, { Targets: targets })
      },
    })
  return {
    loadAccounts: (items, onProgress) =>
      upsert('accounts', 'account', {
        items,
        onProgress,
        keyColumn: 'accountnumber',
        toRow: (account) => toAccountRow(account, currencies),
      }),
    loadContacts: (items, onProgress) =>
      upsert('contacts', 'contact', {
        items,
        onProgress,
        keyColumn: 'msdynce_contactnumber',
        toRow: (contact) => toContactRow(contact, currencies),
      }),
  }
}

interface UpsertInput<Item> {
  readonly items: readonly Item[]
  readonly keyColumn: string
  readonly toRow: (item: Item) => Record<string, unknown>
  readonly onProgress: (done: number) => void
}

/** ISO code of each currency to its id. */
export async function readCurrencies(client: ApplicationClient): Promise<ReadonlyMap<string, string>> {
  const answer = (await client.json('GET', `${SALES_ROOT}/transactioncurrencies?$select=isocurrencycode`)) as {
    value: { isocurrencycode: string; transactioncurrencyid: string }[]
  }
  return new Map(answer.value.map((row) => [row.isocurrencycode, row.transactioncurrencyid]))
}

function currencyBind(code: string, currencies: ReadonlyMap<string, string>): Record<string, string> {
  const id = currencies.get(code)
  return id === undefined ? {} : { 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${id})` }
}

const toAddress = (address: LoadAddress | undefined): Record<string, string | null> => ({
  address1_line1: address?.street ?? null,
  address1_city: address?.city ?? null,
  address1_stateorprovince: address?.state ?? null,
  address1_postalcode: address?.postalCode ?? null,
  address1_country: address?.country ?? null,
})

const toAccountRow = (account: LoadAccount, currencies: ReadonlyMap<string, string>): Record<string, unknown> => ({
  name: account.name,
  ...currencyBind(account.currency, currencies),
  ...toAddress(account.address),
  emailaddress1: account.email ?? null,
  telephone1: account.phone ?? null,
  websiteurl: account.website ?? null,
  creditlimit: account.creditLimit === undefined ? null : Number(account.creditLimit),
  numberofemployees: account.employees ?? null,
  description: account.description ?? null,
})

const toContactRow = (contact: LoadContact, currencies: ReadonlyMap<string, string>): Record<string, unknown> => ({
  firstname: contact.firstName ?? null,
  middlename: contact.middleName ?? null,
  lastname: contact.lastName ?? null,
  ...currencyBind(contact.currency, currencies),
  ...(contact.accountNumber !== undefined && {
    'parentcustomerid_account@odata.bind': `/accounts(accountnumber=${quote(contact.accountNumber)})`,
  }),
  ...toAddress(contact.address),
  emailaddress1: contact.email ?? null,
  telephone1: contact.phone ?? null,
  jobtitle: contact.jobTitle ?? null,
  gendercode: contact.genderCode ?? null,
  birthdate: contact.birthDate ?? null,
  msdynce_isactivecustomer: contact.activeCustomer,
})
