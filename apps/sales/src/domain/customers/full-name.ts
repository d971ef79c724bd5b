export interface NameParts {
  readonly firstname: string | null
  readonly middlename: string | null
  readonly lastname: string | null
}

const LONGEST_FULL_NAME = 160

const given = (part: string | null): string => part?.trim() ?? ''
const initial = (part: string | null): string => {
  const [letter] = given(part)
  return letter === undefined ? '' : `${letter}.`
}
const spaced = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ')
const lastFirst = (last: string, rest: string): string => [last, rest].filter((part) => part !== '').join(', ')

/** The eight orders of `organization.fullnameconventioncode`, by value. Source: Sales 1.14. */
const CONVENTIONS: readonly ((name: NameParts) => string)[] = [
  (name) => lastFirst(given(name.lastname), given(name.firstname)),
  (name) => spaced(given(name.firstname), given(name.lastname)),
  (name) => lastFirst(given(name.lastname), spaced(given(name.firstname), initial(name.middlename))),
  (name) => spaced(given(name.firstname), initial(name.middlename), given(name.lastname)),
  (name) => lastFirst(given(name.lastname), spaced(given(name.firstname), given(name.middlename))),
  (name) => spaced(given(name.firstname), given(name.middlename), given(name.lastname)),
  (name) => spaced(given(name.lastname), given(name.firstname)),
  (name) => `${given(name.lastname)}${given(name.firstname)}`,
]

const FIRST_LAST = (name: NameParts): string => spaced(given(name.firstname), given(name.lastname))

/** The display name of a person by the organisation's convention, or null where no part is given. At most 160 characters. */
export function fullName(name: NameParts, convention: number): string | null {
  const text = (CONVENTIONS[convention] ?? FIRST_LAST)(name)
  return text === '' ? null : clip(text)
}

/** Cuts by code point, so that no character outside the basic plane is split. */
const clip = (text: string): string =>
  text.length <= LONGEST_FULL_NAME
    ? text
    : [...text]
        .slice(0, LONGEST_FULL_NAME)
        .join('')
        .slice(0, LONGEST_FULL_NAME)
        .replace(/[\uD800-\uDBFF]$/, '')
