import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Chance } from './chance.ts'

const PEOPLE = 30
const PRODUCTS = 12
const MOST_LINES = 4
const COUNTRIES = ['US', 'CA', 'AU', 'GB', 'DE', 'FR'] as const

/** How many orders and lines a folder holds, and how many line numbers stand twice in their order. */
export interface DataSetFacts {
  readonly orders: number
  readonly lines: number
  readonly repeatedKeys: number
}

/** Writes a data set in the form of the AdventureWorks company data, of as many orders as are asked for; the first two have a line number twice. */
export async function writeDataSet(folder: string, orders: number, chance: Chance): Promise<DataSetFacts> {
  const numbers = Array.from({ length: orders }, (_, at) => `SO${45_079 + at}`)
  const lines = numbers.flatMap((number, at) => linesOf(number, at, chance))
  const people = Array.from({ length: PEOPLE }, (_, at) => at + 1)
  const products = Array.from({ length: PRODUCTS }, (_, at) => at + 1)
  const files: Readonly<Record<string, readonly string[]>> = {
    stores: ['store_id,name,annual_revenue,specialty,number_employees', '292,Vélo & Co,80000,Road,7'],
    customers: [
      'customer_id,account_number,person_id,store_id',
      '1,AW00000001,,292',
      ...people.map((id) => `${id + 100},AW${id + 100},${id},`),
    ],
    persons: [
      'person_id,first_name,last_name,gender,email,phone,job_title',
      ...people.map((id) => `${id},Åse ${id},Bø,F,p${id}@example.com,555,`),
    ],
    store_contacts: ['store_id,person_id,contact_type'],
    addresses: [
      'address_id,line1,line2,city,state_code,country_code,postal_code',
      ...people.map((id) => `${id},${id} Storgata,,Tromsø,,${COUNTRIES[id % COUNTRIES.length]},90${id}`),
    ],
    party_addresses: ['party_id,address_id', ...people.map((id) => `${id},${id}`)],
    products: [
      'product_id,product_number,name,category,color,standard_cost,list_price',
      ...products.map((id) => `${id},BK-${id},Bike ${id},Bikes,Red,${id}.1111,${priceOf(id)}`),
    ],
    order_headers: [
      'order_number,order_date,customer_id,bill_to_address_id',
      ...numbers.map((number) => {
        const person = 1 + Math.floor(chance.below(PEOPLE))
        return `${number},2017-01-01,${person + 100},${person}`
      }),
    ],
    order_lines: ['order_number,line_number,product_number,quantity,unit_price', ...lines],
    order_reasons: ['order_number,reason', `${numbers[0]},Price`],
    on_hand: ['product_id,quantity', ...products.map((id) => `${id},${10 * id}`)],
    currency_rates: [
      'rate_date,from,to,end_of_day_rate',
      ...['CAD,1.3', 'AUD,1.5', 'GBP,0.8', 'EUR,0.9'].map((rate) => `2025-05-30,USD,${rate}`),
    ],
  }
  await mkdir(folder, { recursive: true })
  for (const [name, rows] of Object.entries(files)) await writeFile(join(folder, `${name}.csv`), `${rows.join('\n')}\n`)
  return { orders, lines: lines.length, repeatedKeys: Math.min(orders, REPEATING) }
}

const REPEATING = 2

const priceOf = (product: number): string => `${product * 10}.4${product % 10}`

function linesOf(number: string, at: number, chance: Chance): string[] {
  const count = 1 + Math.floor(chance.below(MOST_LINES))
  const line = (position: number): string => {
    const product = 1 + Math.floor(chance.below(PRODUCTS))
    return `${number},${position},BK-${product},${1 + Math.floor(chance.below(3))},${priceOf(product)}`
  }
  const lines = Array.from({ length: count }, (_, index) => line(index + 1))
  return at < REPEATING ? [...lines, line(1)] : lines
}
