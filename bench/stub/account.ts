/** An account as the stub source tells it: about as many filled fields as people fill, all in their own letters. */
export type StubAccount = Readonly<Record<string, string | number | null>>

interface Place {
  readonly countries: readonly string[]
  readonly cities: readonly string[]
  readonly street: string
  readonly currency: string
}

/** Country names in the spellings that people use. */
const PLACES: readonly Place[] = [
  { countries: ['US', 'USA', 'United States'], cities: ['Portland', 'Duluth', 'Savannah'], street: 'Harbor Street', currency: 'USD' },
  { countries: ['DE', 'DEU', 'Germany'], cities: ['München', 'Köln', 'Lübeck'], street: 'Bäckerstraße', currency: 'EUR' },
  { countries: ['FR', 'FRA', 'France'], cities: ['Orléans', 'Nîmes', 'Besançon'], street: 'rue de l’Évêché', currency: 'EUR' },
  { countries: ['GB', 'GBR', 'United Kingdom'], cities: ['Leeds', 'Inverness', 'Swansea'], street: 'Station Road', currency: 'GBP' },
  { countries: ['CA', 'CAN', 'Canada'], cities: ['Montréal', 'Halifax', 'Kelowna'], street: 'Birch Street', currency: 'CAD' },
  { countries: ['BR', 'BRA', 'Brazil'], cities: ['Brasília', 'Florianópolis', 'São Paulo'], street: 'Rua João Simões', currency: 'BRL' },
]

const FORMS = ['Outfitters Inc.', 'Werkzeuge GmbH', 'et Fils', 'Trading Ltd', 'Équipement Inc.', 'Comércio Ltda.']
const TERMS = ['1', '2', '3', '4', null]

export const accountNumber = (number: number): string => `ACC-${String(number).padStart(8, '0')}`
export const numberOfAccount = (key: string): number => Number(key.slice(4))

/** Row `number` (from 1), the same every time; `version` above 1 is a row that was changed: its telephone number tells. */
export function accountOf(number: number, version = 1): StubAccount {
  const place = PLACES[number % PLACES.length] as Place
  const key = accountNumber(number)
  const city = at(place.cities, number >> 3)
  return {
    accountnumber: key,
    name: `${at(FORMS, number)} ${number % 997} of the Harbour and Hinterland Company`,
    address1_line1: `${(number % 180) + 1} ${place.street}`,
    address1_line2: number % 4 === 0 ? `Floor ${number % 30}` : null,
    address1_city: city,
    address1_stateorprovince: number % 3 === 0 ? 'QC' : null,
    address1_postalcode: String(10_000 + (number % 89_999)),
    address1_county: null,
    address1_country: at(place.countries, number >> 5),
    emailaddress1: `office.${key.toLowerCase()}@customers.example`,
    telephone1: phoneOf(number, version),
    fax: null,
    websiteurl: `https://${key.toLowerCase()}.customers.example`,
    creditlimit: `${(number % 200) * 250}.5`,
    numberofemployees: (number % 900) + 1,
    paymenttermscode: at(TERMS, number),
    'transactioncurrencyid.isocurrencycode': place.currency,
    industrycode: String(number % 33),
    customertypecode: '3',
    description: number % 3 === 0 ? `Dealer since ${1950 + (number % 70)}; asks for delivery before noon` : null,
    versionnumber: String(version),
  }
}

/** What a change of row `number` writes: the one field that tells its versions apart. */
export const phoneOf = (number: number, version: number): string =>
  version === 1 ? `+1 555 01${String(number % 100).padStart(2, '0')}` : `+1 555 01${number % 100} ext. ${version}`

const at = <Item>(items: readonly Item[], index: number): Item => items[index % items.length] as Item
