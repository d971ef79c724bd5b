import { AppError } from '@p2c/base'
import type { CommandContext } from '../context.ts'
import { connectApplications, SALES_ROOT, SUPPLY_CHAIN_ROOT } from './applications.ts'
import { sendChangeSet, type Write } from './change-set.ts'
import type { ApplicationClient } from './http.ts'

export interface DemoChanges {
  readonly accounts: number
  readonly products: number
  /** Number of the account whose country is wrong now. */
  readonly key: string
  readonly [name: string]: string | number
}

const CHANGED_ACCOUNTS = 5
const CHANGED_PRODUCTS = 3
const NO_SUCH_COUNTRY = 'Atlantis'

/** Does what users do between two executions: edits accounts in Sales and prices in Supply Chain, and types one country that does not exist. */
export async function changeBothSides(context: CommandContext): Promise<DemoChanges> {
  const { sales, supplyChain } = await connectApplications(context)
  const accounts = (await sales.json(
    'GET',
    `${SALES_ROOT}/accounts?$select=accountnumber,name&$orderby=accountnumber&$top=${CHANGED_ACCOUNTS}`,
  )) as {
    value: { accountid: string; accountnumber: string; name: string }[]
  }
  const [bad] = accounts.value
  if (bad === undefined)
    throw new AppError({
      category: 'data',
      code: 'sample-missing',
      message: 'There are no accounts to change. Load the sample first: p2c load sample.',
    })
  const edits = accounts.value.map((account) => ({
    '@odata.type': 'Microsoft.Dynamics.CRM.account',
    accountid: account.accountid,
    name: `${account.name} (renamed)`,
    ...(account === bad && { address1_country: NO_SUCH_COUNTRY }),
  }))
  await sales.json('POST', `${SALES_ROOT}/accounts/Microsoft.Dynamics.CRM.UpdateMultiple`, { Targets: edits })
  return { accounts: edits.length, products: await raisePrices(supplyChain), key: bad.accountnumber }
}

async function raisePrices(supplyChain: ApplicationClient): Promise<number> {
  const products = (await supplyChain.json(
    'GET',
    `${SUPPLY_CHAIN_ROOT}/ReleasedProductsV2?$select=dataAreaId,ItemNumber,SalesPrice&$orderby=ItemNumber&$top=${CHANGED_PRODUCTS}`,
  )) as {
    value: { dataAreaId: string; ItemNumber: string; SalesPrice: number }[]
  }
  const writes = products.value.map(
    (product): Write => ({
      method: 'PATCH',
      path: `ReleasedProductsV2(dataAreaId='${product.dataAreaId}',ItemNumber='${encodeURIComponent(product.ItemNumber)}')?cross-company=true`,
      body: { SalesPrice: Math.round(product.SalesPrice) + 1 },
    }),
  )
  await sendChangeSet(supplyChain, SUPPLY_CHAIN_ROOT, writes)
  return writes.length
}

/** Gives the account a country that exists. */
export async function repairAccount(context: CommandContext, accountNumber: string): Promise<void> {
  const { sales } = await connectApplications(context)
  const found = (await sales.json('GET', `${SALES_ROOT}/accounts(accountnumber='${accountNumber}')?$select=accountid`)) as {
    accountid: string
  }
  const target = { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: found.accountid, address1_country: 'Norway' }
  await sales.json('POST', `${SALES_ROOT}/accounts/Microsoft.Dynamics.CRM.UpdateMultiple`, { Targets: [target] })
}
