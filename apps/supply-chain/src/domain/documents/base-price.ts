import { type Decimal, decimal, formatDecimal } from '@p2c/base'
import type { Facts, Question } from '../decision.ts'
import { type DisplayFactor, type ExchangeRate, exchangeAmount } from '../exchange.ts'
import { at, type FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseRow } from '../messages.ts'
import { currencyRounding, roundAmount } from '../pricing/rounding.ts'

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

/** The rate type of the ledger; another one serves a pair that has none of it. */
const LEDGER_RATE_TYPE = 'default'

const accountingCurrency = (dataAreaId: string, facts: Facts): string =>
  at(facts.find('LegalEntity', 'LegalEntityId', dataAreaId), 'AccountingCurrency')

/** Rates between the accounting currency and that of the document; none where they are the same. */
export function ratesQuestions(row: FieldValues, currencyCode: string, facts: Facts): readonly Question[] {
  const accounting = accountingCurrency(at(row, 'dataAreaId'), facts)
  if (accounting === '' || currencyCode === '' || isSame(accounting, currencyCode)) return []
  return [accounting, currencyCode].map((value) => ({ entityName: 'ExchangeRate', field: 'FromCurrency', value, isMany: true }))
}

function ratesOf(from: string, to: string, facts: Facts): ExchangeRate[] {
  const ofPair = (a: string, b: string) => {
    const rows = facts.findAll('ExchangeRate', 'FromCurrency', a).filter((row) => isSame(at(row, 'ToCurrency'), b))
    const own = rows.filter((row) => isSame(at(row, 'RateTypeName'), LEDGER_RATE_TYPE))
    return own.length > 0 ? own : rows
  }
  return [...ofPair(from, to), ...ofPair(to, from)].map((row) => ({
    fromCurrency: at(row, 'FromCurrency'),
    toCurrency: at(row, 'ToCurrency'),
    startDate: at(row, 'StartDate'),
    endDate: at(row, 'EndDate'),
    rate: decimal(at(row, 'Rate') || '0'),
    factor: (at(row, 'ConversionFactor') || 'One') as DisplayFactor,
  }))
}

/** A price, or why there is none. */
export type BasePriceOutcome = { readonly values: FieldValues } | { readonly entry: InfologEntry }

export interface BasePriceContext {
  readonly currencyCode: string
  readonly on: string
  readonly dataAreaId: string
  /** How many sales units of the product one unit of the line is: the base price is per sales unit. */
  readonly salesUnits: Decimal
}

/**
 * The base sales price of a product in the unit of the line and the currency of the document, with its price unit and fixed charges; E29 where
 * it has to be exchanged and no rate is valid. Source: Supply Chain specification, 2.6 and 2.15 no. 7.
 */
export function basePrice(
  product: FieldValues,
  { currencyCode, on, dataAreaId, salesUnits }: BasePriceContext,
  facts: Facts,
): BasePriceOutcome {
  const accounting = accountingCurrency(dataAreaId, facts)
  const exchange = { from: accounting === '' ? currencyCode : accounting, to: currencyCode, on }
  const price = decimal(at(product, 'BaseSalesPrice') || '0').times(salesUnits)
  const charges = decimal(at(product, 'FixedSalesPriceCharges') || '0')
  const unit = { SalesPriceQuantity: at(product, 'BaseSalesPriceQuantity') || '1' }
  const { prices, orders } = currencyRounding(facts.find('Currency', 'CurrencyCode', currencyCode))
  if (isSame(exchange.from, exchange.to) || (price.isZero() && charges.isZero())) {
    // The price of the sales unit stands as it was entered; only one that was converted is rounded.
    const own = salesUnits.equals(1) ? price : roundAmount(price, prices)
    return { values: { ...unit, SalesPrice: formatDecimal(own), FixedPriceCharges: formatDecimal(charges) } }
  }
  const rates = ratesOf(exchange.from, exchange.to, facts)
  const foreignPrice = exchangeAmount(price, exchange, { rates, step: prices.rule })
  const foreignCharges = exchangeAmount(charges, exchange, { rates, step: orders.rule })
  if (foreignPrice === undefined || foreignCharges === undefined) return { entry: refuseRow('E29', exchange.from, exchange.to, on) }
  return { values: { ...unit, SalesPrice: formatDecimal(foreignPrice), FixedPriceCharges: formatDecimal(foreignCharges) } }
}
