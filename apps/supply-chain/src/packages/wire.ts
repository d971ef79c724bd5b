import { isAppError } from '@p2c/base'
import { packageError } from './package-error.ts'

/** The parameters of one action call, or the members of a body: names are case-sensitive, unknown ones are ignored. */
export type Parameters = Readonly<Record<string, unknown>>

const MAX_TEXT = 2_048

/** A text parameter; absent and `null` are the empty text. Throws `package-parameter-invalid`. */
export function textParameter(parameters: Parameters, name: string): string {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string' || value.length > MAX_TEXT || /\p{Cc}/u.test(value) || !value.isWellFormed()) {
    throw packageError('package-parameter-invalid', `Parameter '${name}' is not a text of at most ${MAX_TEXT} characters.`)
  }
  return value.trim()
}

/** A text parameter that must say something. */
export function requiredText(parameters: Parameters, name: string): string {
  const text = textParameter(parameters, name)
  if (text === '') throw packageError('package-parameter-invalid', `Parameter '${name}' must not be blank.`)
  return text
}

/** A boolean parameter; `null` is false. */
export const flagParameter = (parameters: Parameters, name: string): boolean => parameters[name] === true

/** The error body of an OData reply. No trace of the program leaves it. Source: F&O protocol specification, section 12. */
export const errorBody = (message: string, type: string) => ({
  error: { code: '', message: 'An error has occurred.', innererror: { message, type, stacktrace: '' } },
})

/** The text of a refusal of this folder; undefined for any other failure, which callers throw on. */
export const refusalText = (error: unknown): string | undefined =>
  isAppError(error) && error.category === 'data' && error.code.startsWith('package-') ? error.message : undefined
