import { expect, test } from 'vitest'
import { en } from './en.ts'
import { createMessages, LOCALES, localeOf } from './messages.ts'

const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()

test.each(LOCALES)('the %s catalogue uses the same placeholders as the English one', (locale) => {
  const messages = createMessages(locale)
  for (const [key, text] of Object.entries(en)) {
    expect(placeholders(messages.text(key as keyof typeof en)), key).toEqual(placeholders(text))
  }
})

test('French texts have the spaces and apostrophes of French typography', () => {
  const messages = createMessages('fr')
  const wrong = Object.keys(en).filter((key) => /\s[:;!?»]|«\s|\w'\w/u.test(spaced(messages.text(key as keyof typeof en))))
  expect(wrong).toEqual([])
})

/** Without the spaces that belong there: no-break before a colon, narrow no-break before the others and inside quotation marks. */
const spaced = (text: string): string => text.replaceAll(/\u00a0(?=:)|\u202f(?=[;!?»])|(?<=«)\u202f/g, '')

test.each([
  ['en', '1,234.5'],
  ['fr', '1\u202f234,5'],
  ['pt-BR', '1.234,5'],
  ['es', '1234,5'],
  ['ru', '1\u00a0234,5'],
] as const)('numbers in %s are written %s', (locale, expected) => {
  expect(createMessages(locale).number(1234.5, 1)).toBe(expected)
})

test.each([
  ['en', '124.8', 'USD', '124.80'],
  ['fr', 12927.3, 'EUR', '12\u202f927,30'],
  ['pt-BR', '0', undefined, '0,00'],
  ['es', '1200', 'JPY', '1200'],
  ['ru', '0.0005', 'BHD', '0,0005'],
  ['en', '12345678901234567890.12', 'USD', '12,345,678,901,234,567,890.12'],
  ['en', '5', 'no code', '5.00'],
] as const)('money in %s: %s %s is written %s', (locale, value, currency, expected) => {
  expect(createMessages(locale).amount(value, currency)).toBe(expected)
})

test.each([
  [{ LANG: 'fr_FR.UTF-8' }, 'fr'],
  [{ LANG: 'pt_PT.UTF-8' }, 'pt-BR'],
  [{ LC_ALL: 'ru_RU', LANG: 'en_US' }, 'ru'],
  [{ P2C_LOCALE: 'es', LC_ALL: 'ru_RU' }, 'es'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{}, 'en'],
])('the environment %o asks for %s', (environment, expected) => {
  expect(localeOf(environment)).toBe(expected)
})
