import countries from 'i18n-iso-countries'

/** Spellings that people use and that neither the standard nor its English short names have; values are ISO 3166-1 alpha-2. */
const FURTHER_NAMES: Readonly<Record<string, string>> = {
  america: 'US',
  'united states of america (the)': 'US',
  uk: 'GB',
  'great britain and northern ireland': 'GB',
  'united kingdom of great britain and northern ireland': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  holland: 'NL',
  'netherlands, kingdom of the': 'NL',
  'kingdom of the netherlands': 'NL',
  deutschland: 'DE',
  uae: 'AE',
  emirates: 'AE',
  russia: 'RU',
  'viet nam': 'VN',
  'south korea': 'KR',
  'korea, republic of': 'KR',
  'republic of korea': 'KR',
  'north korea': 'KP',
  "korea, democratic people's republic of": 'KP',
  "democratic people's republic of korea": 'KP',
  'bolivia, plurinational state of': 'BO',
  'venezuela, bolivarian republic of': 'VE',
  'iran, islamic republic of': 'IR',
  'moldova, republic of': 'MD',
  'tanzania, united republic of': 'TZ',
  'micronesia, federated states of': 'FM',
  'taiwan, province of china': 'TW',
  'republic of china': 'TW',
  "people's republic of china": 'CN',
  "lao people's democratic republic": 'LA',
  'syrian arab republic': 'SY',
  'brunei darussalam': 'BN',
  'congo, the democratic republic of the': 'CD',
  'congo, democratic republic of the': 'CD',
  'democratic republic of the congo': 'CD',
  'congo, republic of the': 'CG',
  'republic of the congo': 'CG',
  "cote d'ivoire": 'CI',
  'ivory coast': 'CI',
  'cabo verde': 'CV',
  'cape verde': 'CV',
  swaziland: 'SZ',
  macedonia: 'MK',
  'the former yugoslav republic of macedonia': 'MK',
  burma: 'MM',
  'east timor': 'TL',
  turkiye: 'TR',
  turkey: 'TR',
  vatican: 'VA',
  'holy see (vatican city state)': 'VA',
  'united mexican states': 'MX',
  'swiss confederation': 'CH',
  'russian federation': 'RU',
  'argentine republic': 'AR',
  'french republic': 'FR',
  'italian republic': 'IT',
  'hellenic republic': 'GR',
  'portuguese republic': 'PT',
  'slovak republic': 'SK',
  'arab republic of egypt': 'EG',
  'hong kong sar': 'HK',
  'macau sar': 'MO',
}

/** `Federal Republic of Germany` is Germany; tried only when the whole name is not known, so that both Koreas and Congos stay apart. */
const OFFICIAL_FORM =
  /^(?:(?:federal|federative|democratic|socialist|people'?s|islamic|bolivarian|plurinational|oriental|hashemite|co-operative|cooperative|united|independent|sovereign|eastern|arab) )*(?:republic|kingdom|state|commonwealth|principality|grand duchy|dominion|sultanate|union|federation|emirate) of (?:the )?/

/** One spelling for comparing: no accents, dots or outer blanks, lower case. */
const comparable = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('.', '')
    .replaceAll('’', "'")
    .replaceAll('&', 'and')
    .replace(/\s+/g, ' ')
    .trim()

const BY_NAME: ReadonlyMap<string, string> = new Map([
  ...Object.entries(countries.getNames('en', { select: 'all' })).flatMap(([code, names]) =>
    names.map((name) => [comparable(name), code] as const),
  ),
  ...Object.entries(FURTHER_NAMES).map(([name, code]) => [comparable(name), code] as const),
])

/** How a value may be written; `auto` takes any of the others. */
export type CountryInput = 'auto' | 'iso2' | 'iso3' | 'numeric' | 'name'

/** The ISO 3166-1 alpha-2 code of a country or region in English or in a code; undefined where it is none that is known. */
export function findCountry(text: string, from: CountryInput, aliases: ReadonlyMap<string, string>): string | undefined {
  const key = comparable(text)
  const alias = aliases.get(key)
  if (alias !== undefined) return alias
  return (from === 'name' ? undefined : findCode(key, from)) ?? (from === 'auto' || from === 'name' ? findName(key) : undefined)
}

export const aliasMap = (aliases: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(aliases).map(([name, code]) => [comparable(name), code.toUpperCase()]))

function findCode(key: string, from: CountryInput): string | undefined {
  const accepts = (form: CountryInput): boolean => from === 'auto' || from === form
  if (/^\d{1,3}$/.test(key)) return accepts('numeric') ? countries.numericToAlpha2(key.padStart(3, '0')) : undefined
  const code = key.toUpperCase()
  if (/^[A-Z]{2}$/.test(code)) return accepts('iso2') && countries.isValid(code) ? code : undefined
  if (/^[A-Z]{3}$/.test(code)) return accepts('iso3') ? countries.alpha3ToAlpha2(code) : undefined
  return undefined
}

function findName(key: string): string | undefined {
  const withoutThe = key.replace(/^the /, '').replace(/ \(the\)$|, the$/, '')
  return BY_NAME.get(key) ?? BY_NAME.get(withoutThe) ?? BY_NAME.get(withoutThe.replace(OFFICIAL_FORM, ''))
}

export function writeCountry(code: string, to: 'iso2' | 'iso3' | 'name'): string | undefined {
  if (to === 'iso2') return code
  return to === 'iso3' ? countries.alpha2ToAlpha3(code) : countries.getName(code, 'en')
}
