import { accept, refuse, type TableRules } from '../decision.ts'
import { at } from '../field-value.ts'
import { refuseField } from '../messages.ts'
import { alignSite, warehouseQuestions } from '../site-and-warehouse.ts'

const PLACE = { site: 'InventorySiteId', warehouse: 'InventoryWarehouseId' }
const PRODUCT = 'DocumentProduct'

/** Questions for stock: about a product of the company, at a place that exists. The answer is made when the question is stored. */
export const ON_HAND_REQUEST_RULES: TableRules = {
  questions: (row) => [{ entityName: PRODUCT, field: 'ProductNumber', value: at(row, 'ProductNumber') }, ...warehouseQuestions(row, PLACE)],
  decide({ row, given, facts }) {
    const product = facts.find(PRODUCT, 'ProductNumber', at(row, 'ProductNumber'))
    if (at(row, 'ProductNumber') !== '' && product === undefined)
      return refuse(refuseField('ProductNumber', 'E17', at(row, 'ProductNumber'), at(row, 'dataAreaId')))
    if (at(row, 'OrderQuantity').startsWith('-')) return refuse(refuseField('OrderQuantity', 'L04', 'Order quantity'))
    const place = alignSite({ row, given: new Set([...given].filter((name) => at(row, name) !== '')), fields: PLACE, facts })
    if ('entry' in place) return refuse(place.entry)
    return accept({ ...row, ProductNumber: at(product ?? row, 'ProductNumber'), ...place.values })
  },
  cascade: [{ relation: 'on_hand_entry', by: [['RequestId', 'RequestId']] }],
}
