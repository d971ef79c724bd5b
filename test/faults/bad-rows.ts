import type { Chance } from '../support/chance.ts'
import type { AdministeredApplications } from '../support/fault-control.ts'
import { editAccounts, editProducts, readAccounts, readProducts } from './business-data.ts'

/** A row that cannot be written, by a fault of its own. */
export interface BadRow {
  readonly project: 'accounts' | 'products'
  readonly key: string
  /** What a record error of it must name: the field at the destination, the value, and the code. */
  readonly field: string
  readonly value: string
  readonly code: string
  /** Makes it good again, at its source. */
  mend(): Promise<void>
}

/** One kind is refused by the mapping before anything is sent, the other by the destination, which refuses its whole bulk message with it. */
const BAD_ACCOUNTS = [
  { columns: { address1_country: 'Atlantis' }, field: 'AddressCountryRegionISOCode', value: 'Atlantis', code: 'value-not-mapped' },
  { columns: { name: '' }, field: 'Name', value: '', code: 'validation-failed' },
] as const

const BAD_PRODUCTS = [
  { fields: { SalesUnitSymbol: 'dz' }, field: 'defaultuomid.name', value: 'dz', code: 'value-not-mapped' },
  { fields: { SalesPrice: 99_999_999_999_999 }, field: 'price', value: '99999999999999', code: 'value-out-of-range' },
] as const

/** Spoils so many accounts, chosen by chance, half of them in each way. */
export async function spoilAccounts({ sales }: AdministeredApplications, count: number, chance: Chance): Promise<BadRow[]> {
  const chosen = chance.shuffled(await readAccounts(sales)).slice(0, count)
  const rows = chosen.map((account, index) => ({ account, bad: BAD_ACCOUNTS[index % 2 === 0 ? 0 : 1] }))
  await editAccounts(sales, new Map(rows.map(({ account, bad }) => [account.accountid, bad.columns])))
  return rows.map(({ account, bad: { field, value, code } }) => ({
    project: 'accounts',
    key: account.accountnumber,
    field,
    value,
    code,
    mend: () => editAccounts(sales, new Map([[account.accountid, { name: account.name, address1_country: account.address1_country }]])),
  }))
}

/** A dozen is a number of pieces: another unit would not convert, and then the product would not be sold at all. */
const COUNTED = 'ea'

/** The same for released products. */
export async function spoilProducts({ supplyChain }: AdministeredApplications, count: number, chance: Chance): Promise<BadRow[]> {
  const counted = (await readProducts(supplyChain)).filter(({ SalesUnitSymbol }) => SalesUnitSymbol === COUNTED)
  const chosen = chance.shuffled(counted).slice(0, count)
  const rows = chosen.map((product, index) => ({ product, bad: BAD_PRODUCTS[index % 2 === 0 ? 0 : 1] }))
  await editProducts(supplyChain, new Map(rows.map(({ product, bad }) => [product.ItemNumber, bad.fields])))
  return rows.map(({ product: { ItemNumber, ...before }, bad: { field, value, code } }) => ({
    project: 'products',
    key: ItemNumber,
    field,
    value,
    code,
    mend: () =>
      editProducts(supplyChain, new Map([[ItemNumber, { SalesPrice: before.SalesPrice, SalesUnitSymbol: before.SalesUnitSymbol }]])),
  }))
}
