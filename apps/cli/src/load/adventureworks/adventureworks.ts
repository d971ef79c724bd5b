import type { LoadAccount, LoadAddress, LoadContact, LoadProduct, LoadSet } from '../load-set.ts'
import { ADDRESS_COLUMNS, currencyOf, toAddress } from './addresses.ts'
import { readCsvTable } from './csv-table.ts'

/** The tables of the data set that accounts, contacts and products need, as read. */
async function readTables(folder: string) {
  const [stores, customers, persons, storeContacts, addresses, partyAddresses, products, orders] = await Promise.all([
    readCsvTable(folder, 'stores', ['store_id', 'name', 'annual_revenue', 'specialty', 'number_employees']),
    readCsvTable(folder, 'customers', ['customer_id', 'account_number', 'person_id', 'store_id']),
    readCsvTable(folder, 'persons', ['person_id', 'first_name', 'last_name', 'gender', 'email', 'phone', 'job_title']),
    readCsvTable(folder, 'store_contacts', ['store_id', 'person_id', 'contact_type']),
    readCsvTable(folder, 'addresses', ADDRESS_COLUMNS),
    readCsvTable(folder, 'party_addresses', ['party_id', 'address_id']),
    readCsvTable(folder, 'products', ['product_number', 'name', 'category', 'color', 'standard_cost', 'list_price']),
    readCsvTable(folder, 'order_headers', ['customer_id']),
  ])
  return { stores, customers, persons, storeContacts, addresses, partyAddresses, products, orders }
}
type Tables = Awaited<ReturnType<typeof readTables>>

/**
 * The AdventureWorks company data: stores become accounts, people contacts (those who ordered are active customers), products products.
 * Customer numbers are kept; people without one get `P-<person id>`. Throws `data-set-incomplete`, `data-set-unreadable`.
 */
export async function readAdventureWorks(folder: string): Promise<LoadSet> {
  const tables = await readTables(folder)
  const addressOf = indexAddresses(tables)
  const accounts = toAccounts(tables, addressOf)
  return { accounts: [...accounts.values()], contacts: toContacts(tables, accounts, addressOf), products: tables.products.map(toProduct) }
}

type AddressOf = (partyId: string) => LoadAddress | undefined

function indexAddresses({ addresses, partyAddresses }: Tables): AddressOf {
  const byId = new Map(addresses.map((row) => [row.address_id, row]))
  // A party with two addresses keeps the first: the file lists the main one first.
  const ofParty = new Map([...partyAddresses].reverse().map((row) => [row.party_id, row.address_id]))
  return (partyId) => {
    const row = byId.get(ofParty.get(partyId) ?? '')
    return row === undefined ? undefined : toAddress(row)
  }
}

/** Accounts by store id. */
function toAccounts({ stores, customers }: Tables, addressOf: AddressOf): ReadonlyMap<string, LoadAccount> {
  const numbers = new Map(
    customers.filter((row) => row.store_id !== '' && row.person_id === '').map((row) => [row.store_id, row.account_number]),
  )
  return new Map(
    stores.map((store) => {
      const address = addressOf(store.store_id)
      const account: LoadAccount = {
        number: numbers.get(store.store_id) ?? `S-${store.store_id}`,
        name: store.name,
        currency: currencyOf(address),
        ...(address !== undefined && { address }),
        creditLimit: store.annual_revenue || '0',
        employees: Number(store.number_employees || 0),
        ...(store.specialty !== '' && { description: `Specialty: ${store.specialty}` }),
      }
      return [store.store_id, account] as const
    }),
  )
}

function toContacts(tables: Tables, accounts: ReadonlyMap<string, LoadAccount>, addressOf: AddressOf): LoadContact[] {
  const customers = new Map(tables.customers.filter((row) => row.person_id !== '').map((row) => [row.person_id, row]))
  const buyers = new Set(tables.orders.map((row) => row.customer_id))
  const stores = new Map(tables.storeContacts.map((row) => [row.person_id, row.store_id]))
  return tables.persons.map((person) => {
    const customer = customers.get(person.person_id)
    const address = addressOf(person.person_id)
    const account = accounts.get(customer?.store_id || stores.get(person.person_id) || '')
    return {
      number: customer?.account_number ?? `P-${person.person_id}`,
      ...namesOf(person.first_name, person.last_name),
      ...(account !== undefined && { accountNumber: account.number }),
      activeCustomer: customer !== undefined && buyers.has(customer.customer_id),
      currency: currencyOf(address),
      ...(address !== undefined && { address }),
      ...(person.email !== '' && { email: person.email }),
      ...(person.phone !== '' && { phone: person.phone }),
      ...(person.job_title !== '' && { jobTitle: person.job_title }),
      ...genderOf(person.gender),
    }
  })
}

/** Both applications ask for a last name: a person of whom the data set knows one name only (1,824 of them) has it there. */
function namesOf(first: string, last: string): { firstName?: string; lastName?: string } {
  if (last === '') return first === '' ? {} : { lastName: first }
  return first === '' ? { lastName: last } : { firstName: first, lastName: last }
}

function genderOf(letter: string): { genderCode?: 1 | 2 } {
  if (letter === 'M') return { genderCode: 1 }
  return letter === 'F' ? { genderCode: 2 } : {}
}

const toProduct = (row: Tables['products'][number]): LoadProduct => ({
  number: row.product_number,
  name: row.name,
  ...(row.category !== '' && { description: [row.category, row.color].filter((part) => part !== '').join(', ') }),
  type: 'Item',
  unit: 'ea',
  salesPrice: row.list_price,
  unitCost: row.standard_cost,
})
