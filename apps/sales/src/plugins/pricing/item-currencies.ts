import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import { ITEM_CURRENCY } from '../../domain/pricing/item-currency.ts'
import { isFromProduct } from '../../domain/pricing/unit-price.ts'
import { byId, enforce, idOf, nextIds, nextValue } from '../row-values.ts'
import { integerOf } from './decimal-values.ts'

/** A price that starts from the product needs the product in the currency of the list. Source: Sales 4.4 step 6. */
async function checkItemCurrencies(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const derived = events.filter((event) => isFromProduct(integerOf(nextValue(event, 'pricingmethodcode'))))
  const productid = nextIds(derived, 'productid')
  const pricelevelid = nextIds(derived, 'pricelevelid')
  if (productid.length === 0 || pricelevelid.length === 0) return
  const products = byId(
    await context.service.find({ table: 'product', columns: ['name', 'transactioncurrencyid'], where: { productid } }),
    'productid',
  )
  const lists = byId(
    await context.service.find({ table: 'pricelevel', columns: ['transactioncurrencyid'], where: { pricelevelid } }),
    'pricelevelid',
  )
  for (const event of derived) {
    const product = products.get(idOf(nextValue(event, 'productid')) ?? '')
    const list = lists.get(idOf(nextValue(event, 'pricelevelid')) ?? '')
    if (product === undefined || list === undefined) continue
    if (idOf(product.transactioncurrencyid) !== idOf(list.transactioncurrencyid)) enforce(ITEM_CURRENCY(String(product.name)))
  }
}

const item = { table: 'productpricelevel', name: 'price list item currency', stage: 'pre-operation', run: checkItemCurrencies } as const
const COLUMNS = ['pricingmethodcode', 'productid', 'pricelevelid'] as const

export const itemCurrencyPlugins: readonly Plugin[] = [
  { ...item, message: 'create' },
  { ...item, message: 'update', columns: COLUMNS, reads: COLUMNS },
]
