import { type Catalogue, en, type MessageKey } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { ptBr } from './pt-br.ts'
import { ru } from './ru.ts'

export type { MessageKey } from './en.ts'

export const LOCALES = ['en', 'fr', 'pt-BR', 'es', 'ru'] as const
export type Locale = (typeof LOCALES)[number]

const CATALOGUES: Record<Locale, Catalogue> = { en, fr, 'pt-BR': ptBr, es, ru }

export type MessageValues = Readonly<Record<string, string | number>>

export interface Messages {
  readonly locale: Locale
  text(key: MessageKey, values?: MessageValues): string
  /** A whole number or one with at most `decimals` digits behind the point, grouped as the locale does. */
  number(value: number, decimals?: number): string
  /** Money as the locale writes it, with the decimals that its currency has at least (2 where none is told) and no digit lost; without the currency's sign. */
  amount(value: string | number, currency?: string): string
  /** Date and time of an ISO 8601 time in the zone of this machine. */
  time(iso: string): string
}

/** Texts in one language; numbers among the values are formatted by its rules. */
export function createMessages(locale: Locale): Messages {
  const catalogue = CATALOGUES[locale]
  const number = (value: number, decimals = 0): string => new Intl.NumberFormat(locale, { maximumFractionDigits: decimals }).format(value)
  const amount = (value: string | number, currency?: string): string =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: decimalsOf(currency), maximumFractionDigits: MOST_DECIMALS }).format(
      value as `${number}`,
    )
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' })
  return {
    locale,
    number,
    amount,
    time: (iso) => date.format(new Date(iso)),
    text: (key, values = {}) =>
      catalogue[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
        const value = values[name]
        if (value === undefined) return whole
        return typeof value === 'number' ? number(value, Number.isInteger(value) ? 0 : 1) : value
      }),
  }
}

const DEFAULT_DECIMALS = 2
const MOST_DECIMALS = 10

/** Of a currency as its country writes it: 0 of JPY, 3 of BHD. What is no code of three letters counts as not told. */
const decimalsOf = (currency: string | undefined): number =>
  currency !== undefined && /^[A-Z]{3}$/.test(currency)
    ? (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? DEFAULT_DECIMALS)
    : DEFAULT_DECIMALS

/** The first of the POSIX locale variables that names one of our languages; English otherwise. */
export function localeOf(environment: Readonly<Record<string, string | undefined>>): Locale {
  const named = environment.P2C_LOCALE ?? environment.LC_ALL ?? environment.LC_MESSAGES ?? environment.LANG ?? ''
  const language = named.toLowerCase().replaceAll('_', '-')
  return (
    LOCALES.find((locale) => language.startsWith(locale.toLowerCase())) ??
    LOCALES.find((locale) => language.startsWith(locale.slice(0, 2))) ??
    'en'
  )
}
