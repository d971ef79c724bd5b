import type { AdministeredApplication } from '../support/fault-control.ts'

const SALES = '/api/data/v9.2'
/** Rows of one message. */
const BULK = 500

export interface SalesAccount {
  readonly accountid: string
  readonly accountnumber: string
  readonly name: string
  readonly address1_country: string | null
}

/** All accounts in the order of their numbers, read over the Web API as any program would. */
export async function readAccounts(sales: AdministeredApplication): Promise<SalesAccount[]> {
  const accounts: SalesAccount[] = []
  let path: string | undefined = `${SALES}/accounts?$select=accountnumber,name,address1_country&$orderby=accountnumber`
  while (path !== undefined) {
    const { json } = await sales.client.call('GET', path, { headers: { prefer: 'odata.maxpagesize=5000' } })
    accounts.push(...json.value)
    path = json['@odata.nextLink']
  }
  return accounts
}

/** Columns by account id, as a user edits them. */
export async function editAccounts(
  sales: AdministeredApplication,
  edits: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Promise<void> {
  const targets = [...edits].map(([accountid, columns]) => ({ '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid, ...columns }))
  for (let start = 0; start < targets.length; start += BULK) {
    const body = { Targets: targets.slice(start, start + BULK) }
    await sales.client.call('POST', `${SALES}/accounts/Microsoft.Dynamics.CRM.UpdateMultiple`, { body })
  }
}

export interface ReleasedProduct {
  readonly ItemNumber: string
  readonly SalesPrice: number
  readonly SalesUnitSymbol: string
}

const COMPANY = 'usmf'

/** The released products of the company in the order of their numbers. */
export async function readProducts(supplyChain: AdministeredApplication): Promise<ReleasedProduct[]> {
  const products: ReleasedProduct[] = []
  let path: string | undefined =
    `/data/ReleasedProductsV2?cross-company=true&$filter=dataAreaId%20eq%20'${COMPANY}'&$select=ItemNumber,SalesPrice,SalesUnitSymbol&$orderby=ItemNumber`
  while (path !== undefined) {
    const { json } = await supplyChain.client.call('GET', path)
    products.push(...json.value)
    path = json['@odata.nextLink']
  }
  return products
}

/** Fields by item number. */
export async function editProducts(
  supplyChain: AdministeredApplication,
  edits: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Promise<void> {
  for (const [item, body] of edits) {
    const path = `/data/ReleasedProductsV2(dataAreaId='${COMPANY}',ItemNumber='${encodeURIComponent(item)}')?cross-company=true`
    await supplyChain.client.call('PATCH', path, { body })
  }
}
