import type { LoadAccount, LoadAddress, LoadContact, LoadProduct, LoadSet } from '../load-set.ts'
import { GOODS, JOB_TITLES, MODELS } from './goods.ts'
import { PLACES, type Place } from './places.ts'
import { createRandom, type Random } from './random.ts'

export interface SampleOptions {
  readonly accounts: number
  readonly seed: number
  /** Default: a tenth of the accounts, at least 20 and at most 500. */
  readonly products?: number
  /** Default: one for each account and one consumer for every four; fewer take the first of them, more are not made. */
  readonly contacts?: number
}

/** Products of a sample whose number of products is not given. */
const FEWEST_PRODUCTS = 20
const MOST_PRODUCTS = 500

/**
 * A made-up company's data from a seed: customers of twelve countries with names in their own letters, country names in the spellings people
 * use, one contact for each account and one consumer for every four. The same options give the same sample.
 */
export function generateSample({ accounts, seed, products = productsFor(accounts), contacts }: SampleOptions): LoadSet {
  const random = createRandom(seed)
  const companies = Array.from({ length: accounts }, (_, index) => makeAccount(random, seed, index + 1))
  const employees = companies.map(({ account, place }, index) =>
    makeContact(random, { number: numberOf('SC', seed, index + 1), place, account }),
  )
  const consumers = Array.from({ length: Math.ceil(accounts / 4) }, (_, index) =>
    makeContact(random, { number: numberOf('SP', seed, index + 1), place: random.pick(PLACES), account: undefined }),
  )
  return {
    accounts: companies.map(({ account }) => account),
    // Made in any case and cut here: the products of a seed do not depend on how many contacts are asked for.
    contacts: [...employees, ...consumers].slice(0, contacts),
    products: Array.from({ length: products }, (_, index) => makeProduct(random, seed, index + 1)),
  }
}

const productsFor = (accounts: number): number => Math.min(MOST_PRODUCTS, Math.max(FEWEST_PRODUCTS, Math.floor(accounts / 10)))

const numberOf = (prefix: string, seed: number, index: number): string => `${prefix}${seed}-${String(index).padStart(6, '0')}`

function makeAccount(random: Random, seed: number, index: number): { account: LoadAccount; place: Place } {
  const place = random.pick(PLACES)
  const number = numberOf('SA', seed, index)
  const name = `${random.pick(place.companies)} ${random.pick(place.cities).name} ${random.pick(place.companyForms)}`
  const account: LoadAccount = {
    number,
    name,
    currency: place.currency,
    address: makeAddress(random, place),
    email: `office.${number.toLowerCase()}@customers.example`,
    phone: random.pattern(place.phone),
    website: `https://${number.toLowerCase()}.customers.example`,
    creditLimit: `${random.below(200) * 250}.${random.chance(20) ? '50' : '00'}`,
    employees: random.below(900) + 1,
    ...(random.chance(30) && { description: `Since ${1950 + random.below(70)}; “${random.pick(MODELS)}” dealer` }),
  }
  return { account, place }
}

function makeAddress(random: Random, place: Place): LoadAddress {
  const city = random.pick(place.cities)
  return {
    street: random.pick(place.streets).replace('{n}', String(random.below(180) + 1)),
    city: city.name,
    ...(city.state !== undefined && { state: city.state }),
    postalCode: random.pattern(place.postalCode),
    country: random.pick(place.spellings),
  }
}

interface ContactInput {
  readonly number: string
  readonly place: Place
  /** Absent for a consumer. */
  readonly account: LoadAccount | undefined
}

function makeContact(random: Random, { number, place, account }: ContactInput): LoadContact {
  const female = random.chance(50)
  return {
    number,
    firstName: random.pick(female ? place.women : place.men),
    lastName: random.pick(place.families),
    ...(random.chance(15) && { middleName: random.pick(place.families) }),
    ...(account !== undefined && { accountNumber: account.number }),
    // Consumers are here because they bought; some people at companies bought for themselves too.
    activeCustomer: account === undefined || random.chance(10),
    currency: place.currency,
    address: makeAddress(random, place),
    email: `${number.toLowerCase()}@people.example`,
    phone: random.pattern(place.phone),
    ...(account !== undefined && { jobTitle: random.pick(JOB_TITLES) }),
    genderCode: female ? 2 : 1,
    ...(random.chance(40) && {
      birthDate: `${1950 + random.below(50)}-${twoDigits(random.below(12) + 1)}-${twoDigits(random.below(28) + 1)}`,
    }),
  }
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')

function makeProduct(random: Random, seed: number, index: number): LoadProduct {
  const goods = random.pick(GOODS)
  const cents = (goods.from + random.below(goods.to - goods.from)) * 100 + random.below(100)
  const model = random.pick(MODELS)
  return {
    number: numberOf('P', seed, index),
    name: `${goods.name} ${model} ${random.pattern('@@-##')}`,
    description: `${goods.name}, model ${model}`,
    type: goods.service === true ? 'Service' : 'Item',
    unit: goods.unit,
    salesPrice: toAmount(cents),
    unitCost: toAmount(Math.floor((cents * 6) / 10)),
  }
}

/** Whole cents as plain decimal text. */
const toAmount = (cents: number): string => `${Math.floor(cents / 100)}.${twoDigits(cents % 100)}`
