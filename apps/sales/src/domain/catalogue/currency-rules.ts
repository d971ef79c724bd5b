import type { RuleRefusal } from '../refusal.ts'

export const CURRENCY_CODE_TAKEN = (code: string): RuleRefusal => ({
  code: '0x80048cf3',
  message: `A currency with the ISO code '${code}' already exists.`,
})

export const BASE_CURRENCY_RATE: RuleRefusal = {
  code: '0x80048cf5',
  message: 'The exchange rate of the base currency is 1 and cannot be changed.',
}

export const BASE_CURRENCY_DEACTIVATED: RuleRefusal = { code: '0x80048cf4', message: 'The base currency cannot be deactivated.' }

export const BASE_CURRENCY_DELETED: RuleRefusal = { code: '0x80048cff', message: 'The base currency cannot be deleted.' }

export const BASE_CURRENCY_CHANGED: RuleRefusal = { code: '0x80040265', message: 'The base currency of an organization cannot be changed.' }
