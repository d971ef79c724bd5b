import { AppError } from '@p2c/base'

export interface JsonTextOptions {
  readonly maxDepth: number
  /** Makes a value of the text of one number. */
  readonly number: (text: string) => unknown
}

interface Reader {
  readonly text: string
  readonly options: JsonTextOptions
  at: number
  depth: number
}

/** A recursive parser of RFC 8259 for texts that the native one would distort. Throws `json-malformed`, `json-too-deep` with a position. */
export function parseJsonText(text: string, options: JsonTextOptions): unknown {
  const reader: Reader = { text, options, at: 0, depth: 0 }
  skipBlanks(reader)
  const value = readValue(reader)
  skipBlanks(reader)
  if (reader.at < text.length) throw malformed(reader, 'end of text')
  return value
}

function readValue(reader: Reader): unknown {
  switch (reader.text.charCodeAt(reader.at)) {
    case 0x7b:
      return nested(reader, readObject)
    case 0x5b:
      return nested(reader, readArray)
    case 0x22:
      return readString(reader)
    case 0x74:
      return readWord(reader, 'true', true)
    case 0x66:
      return readWord(reader, 'false', false)
    case 0x6e:
      return readWord(reader, 'null', null)
    default:
      return readNumber(reader)
  }
}

function nested<Value>(reader: Reader, read: (reader: Reader) => Value): Value {
  reader.depth += 1
  if (reader.depth > reader.options.maxDepth) {
    const message = `The JSON text is nested deeper than ${reader.options.maxDepth} levels at position ${reader.at}.`
    throw new AppError({ category: 'data', code: 'json-too-deep', message, details: { position: reader.at } })
  }
  const value = read(reader)
  reader.depth -= 1
  return value
}

function readObject(reader: Reader): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  reader.at += 1
  skipBlanks(reader)
  if (take(reader, '}')) return object
  for (;;) {
    skipBlanks(reader)
    const nameAt = reader.at
    if (reader.text[reader.at] !== '"') throw malformed(reader, 'a name in double quotes')
    const name = readString(reader)
    if (name === '__proto__') throw malformed({ ...reader, at: nameAt }, 'a name other than __proto__')
    skipBlanks(reader)
    expect(reader, ':')
    skipBlanks(reader)
    object[name] = readValue(reader)
    skipBlanks(reader)
    if (take(reader, '}')) return object
    expect(reader, ',')
  }
}

function readArray(reader: Reader): unknown[] {
  const values: unknown[] = []
  reader.at += 1
  skipBlanks(reader)
  if (take(reader, ']')) return values
  for (;;) {
    skipBlanks(reader)
    values.push(readValue(reader))
    skipBlanks(reader)
    if (take(reader, ']')) return values
    expect(reader, ',')
  }
}

/** Finds the closing quote here and leaves escapes to the native parser. */
function readString(reader: Reader): string {
  const start = reader.at
  let at = start + 1
  let escaped = false
  for (;;) {
    const code = reader.text.charCodeAt(at)
    if (code === 0x22) break
    if (Number.isNaN(code) || code < 0x20) throw malformed({ ...reader, at }, 'the end of a string')
    if (code === 0x5c) {
      escaped = true
      at += 1
    }
    at += 1
  }
  reader.at = at + 1
  if (!escaped) return reader.text.slice(start + 1, at)
  try {
    return JSON.parse(reader.text.slice(start, at + 1)) as string
  } catch {
    throw malformed({ ...reader, at: start }, 'a string with valid escapes')
  }
}

function readWord<Value>(reader: Reader, word: string, value: Value): Value {
  if (!reader.text.startsWith(word, reader.at)) throw malformed(reader, 'a value')
  reader.at += word.length
  return value
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const LONGEST_NUMBER = 1_000

function readNumber(reader: Reader): unknown {
  NUMBER.lastIndex = reader.at
  const text = NUMBER.exec(reader.text)?.[0]
  if (text === undefined) throw malformed(reader, 'a value')
  if (text.length > LONGEST_NUMBER) throw malformed(reader, `a number of at most ${LONGEST_NUMBER} characters`)
  reader.at += text.length
  return reader.options.number(text)
}

function skipBlanks(reader: Reader): void {
  for (;;) {
    const code = reader.text.charCodeAt(reader.at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
    reader.at += 1
  }
}

function take(reader: Reader, char: string): boolean {
  if (reader.text[reader.at] !== char) return false
  reader.at += 1
  return true
}

function expect(reader: Reader, char: string): void {
  if (!take(reader, char)) throw malformed(reader, `'${char}'`)
}

function malformed(reader: Reader, expected: string): AppError {
  const found = reader.at >= reader.text.length ? 'the end of the text' : JSON.stringify(reader.text.slice(reader.at, reader.at + 12))
  return new AppError({
    category: 'data',
    code: 'json-malformed',
    message: `The JSON text is not valid at position ${reader.at}: expected ${expected}, found ${found}.`,
    details: { position: reader.at },
  })
}
