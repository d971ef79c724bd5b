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
  [{ LANG: 'fr_FR.UTF-8' }, 'fr'],
  [{ LANG: 'pt_PT.UTF-8' }, 'pt-BR'],
  [{ LC_ALL: 'ru_RU', LANG: 'en_US' }, 'ru'],
  [{ P2C_LOCALE: 'es', LC_ALL: 'ru_RU' }, 'es'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{}, 'en'],
])('the environment %o asks for %s', (environment, expected) => {
  expect(localeOf(environment)).toBe(expected)
})
