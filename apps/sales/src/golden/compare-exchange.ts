/** What the comparison of several exchanges shares: values that the server made, bound when first seen. */
export type Bound = Map<string, string>

/** Ids that the server chooses, by the last two digits that stand for them. Source: wire specification 21. */
const CHOSEN_IDS = ['17', '18', '19', '1a', 'b0', 'b1', 'c0']
const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

export const fixedId = (digits: string): string => `6f1c2a90-3b7e-4d11-9a55-0d3c8e21f0${digits}`

/** Text of an exchange with the fixed ids, and with values that were bound before. `root` has no slash at its end. */
export function filled(text: string, root: string, bound: Bound): string {
  return text
    .replaceAll('{R}', root)
    .replaceAll('{TENANT}', fixedId('a0'))
    .replace(/\{G:([0-9a-f]{2})\}/g, (_, digits: string) => bound.get(`{G:${digits}}`) ?? fixedId(digits))
}

/** What of an answer differs from what is expected, as a path and both values; empty when nothing does. */
export function differences(expected: unknown, actual: unknown, at: { readonly path: string; readonly bound: Bound }): readonly string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return [told(at.path, expected, actual)]
    return expected.flatMap((item, n) => differences(item, actual[n], { ...at, path: `${at.path}[${n}]` }))
  }
  if (isObject(expected)) {
    if (!isObject(actual)) return [told(at.path, expected, actual)]
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...names].flatMap((name) => differences(expected[name], actual[name], { ...at, path: `${at.path}.${name}` }))
  }
  if (typeof expected === 'string' && typeof actual === 'string')
    return sameText(expected, actual, at.bound) ? [] : [told(at.path, expected, actual)]
  return expected === actual ? [] : [told(at.path, expected, actual)]
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const told = (path: string, expected: unknown, actual: unknown): string =>
  `${path}: expected ${JSON.stringify(expected)}, not ${JSON.stringify(actual)}`

/** Row versions, values that the server makes and the value of a `$deltatoken` have a form only; the first value seen is bound. */
export function sameText(expected: string, actual: string, bound: Bound): boolean {
  const names: string[] = []
  const pattern = decodedFully(expected)
    .replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/W\/"\d+"/g, String.raw`W/"\d+"`)
    .replaceAll(/(deltatoken=)\d+!\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d/g, String.raw`$1\d+!\d\d/\d\d/\d{4} \d\d:\d\d:\d\d`)
    .replaceAll(/ORD-01031-P7Q9R1/g, String.raw`ORD-\d{5}-[A-Z0-9]{6}`)
    .replaceAll(new RegExp(`${fixedId('(..)')}`, 'g'), (id: string, digits: string) => {
      if (!CHOSEN_IDS.includes(digits)) return id
      names.push(`{G:${digits}}`)
      return `(${GUID})`
    })
    .replaceAll(/\\\{TOKEN\\\}/g, '.+')
  const match = new RegExp(`^${pattern}$`, 's').exec(decodedFully(actual))
  if (match === null) return false
  return names.every((name, n) => {
    const value = match[n + 1] ?? ''
    const first = bound.get(name) ?? value
    bound.set(name, first)
    return first === value
  })
}

/** Cookies are compared after percent-decoding; nothing else of an answer holds a percent sign. */
function decodedFully(text: string): string {
  let [before, after] = ['', text]
  while (before !== after && /%[0-9a-f]{2}/i.test(after)) [before, after] = [after, decodeURIComponent(after)]
  return after
}
