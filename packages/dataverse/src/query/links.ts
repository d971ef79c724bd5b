/** Raw parts of a query, still percent-encoded, in order. */
const queryParts = (url: string): readonly string[] => {
  const question = url.indexOf('?')
  return question < 0
    ? []
    : url
        .slice(question + 1)
        .split('&')
        .filter((part) => part !== '')
}

const nameOf = (part: string): string => {
  const raw = part.slice(0, part.includes('=') ? part.indexOf('=') : part.length)
  try {
    return decodeURIComponent(raw)
  } catch {
    return raw
  }
}

/** The same request with one option replaced: what next and delta links are. The client's own spelling is kept. */
export function withOption(
  root: string,
  url: string,
  options: { readonly drop: readonly string[]; readonly name: string; readonly value: string },
): string {
  const question = url.indexOf('?')
  const path = question < 0 ? url : url.slice(0, question)
  const kept = queryParts(url).filter((part) => !options.drop.includes(nameOf(part)))
  return `${root}${path}?${[...kept, `${options.name}=${options.value}`].join('&')}`
}

/** Decoded text of a query option; undefined where it is not given. */
export const optionText = (url: string, name: string): string | undefined => {
  const part = queryParts(url).find((candidate) => nameOf(candidate) === name)
  if (part === undefined) return undefined
  const value = part.includes('=') ? part.slice(part.indexOf('=') + 1) : ''
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** An option value for a URL; what may stand unescaped in a query stays readable. */
export const encodeOption = (value: string): string =>
  encodeURIComponent(value).replace(/%(?:2C|24|2F|3A|40|3B|3D)/g, (code) => decodeURIComponent(code))

/** The options of one expand as query text: `$select=quantity;$orderby=quantity desc` becomes `$select=quantity&$orderby=quantity%20desc`. */
export function expandOptionsAsQuery(text: string): string {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 0 || close < open) return ''
  const parts = splitTopLevel(text.slice(open + 1, close)).filter((part) => part.trim() !== '')
  return parts
    .map((part) => {
      const equals = part.indexOf('=')
      return equals < 0 ? encodeOption(part.trim()) : `${part.slice(0, equals).trim()}=${encodeOption(part.slice(equals + 1))}`
    })
    .join('&')
}

/** Splits at semicolons outside quotes and parentheses. */
function splitTopLevel(text: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === "'") quoted = !quoted
    else if (quoted) continue
    else if (char === '(') depth += 1
    else if (char === ')') depth -= 1
    else if (char === ';' && depth === 0) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...parts, text.slice(start)]
}
