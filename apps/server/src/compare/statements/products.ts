import { CURRENCY, code, constant, entry, number, type Statement, text, UNIT_NAMES, yes } from './statement.ts'

const products = (id: string, templateName: string): Statement => ({
  id,
  templateName,
  tasks: [
    {
      source: 'SellableReleasedProducts',
      destination: 'products',
      // The entity itself holds only what may be sold.
      qualifies: [{ field: 'ProductNumber', isNot: [''] }],
      key: [{ source: 'ProductNumber', destination: 'productnumber' }],
      claims: [{ field: 'msdynce_ismaintainedexternally', is: ['true'] }],
      amounts: {
        source: { plus: ['SalesPrice'], currency: 'CurrencyCode' },
        destination: { plus: ['price'], currency: CURRENCY },
      },
      fields: [
        code('productnumber', 'ProductNumber', { isIdentity: true }),
        text('name', ['ProductName', 'ProductNumber']),
        text('description', 'ProductDescription'),
        entry('producttypecode', 'ProductType', { item: '1', service: '3', '': '' }),
        entry('defaultuomid.name', 'SalesUnitSymbol', UNIT_NAMES),
        constant('defaultuomscheduleid.name', 'Default unit'),
        code(CURRENCY, 'CurrencyCode'),
        number('price', 'SalesPrice'),
        number('currentcost', 'UnitCost'),
        entry('isstockitem', 'IsStockedProduct', { yes: 'true', no: 'false', '': '' }, { kind: 'yes-no' }),
        constant('quantitydecimal', '0', 'number'),
        yes('msdynce_ismaintainedexternally'),
      ],
    },
  ],
})

/** Source: templates specification 7.4. */
export const PRODUCTS_DIRECT = products('D4', 'Products (Supply Chain Management to Sales) - Direct')
/** Source: templates specification 8.4. */
export const PRODUCTS_TWO_HOP = products('H4', 'Products (Fin and Ops to Sales)')
