import { SaxesParser, type SaxesTagPlain } from 'saxes'
import type { PieceReader } from './csv.ts'
import { packageError } from './package-error.ts'

/** A data file of XML. */
export interface XmlFile {
  /** Name in the package, for messages. */
  readonly name: string
  readonly format: 'XML-Element' | 'XML-Attribute'
  /** Staging name of the entity of a row. */
  readonly rowElement: string
  /** Staging name of the entity of the rows inside a row; absent: none. */
  readonly childElement?: string
}

/** A row with its fields by upper-case name, and the rows inside it. */
export interface XmlRow {
  /** Its place among the rows of the file, from 1: a whole file may stand in one line. */
  readonly number: number
  readonly cells: ReadonlyMap<string, string>
  readonly children: readonly XmlRow[]
}

interface OpenRow extends XmlRow {
  readonly cells: Map<string, string>
  readonly children: OpenRow[]
}

const MAX_CELLS = 1_000
const MAX_CELL_LENGTH = 65_536
/** Rows inside one row: a document is in memory as a whole. */
const MAX_CHILDREN = 10_000

/**
 * Reads `<Document><ENTITY><FIELD>text</FIELD></ENTITY></Document>` (`XML-Element`) or `<Document><ENTITY FIELD="text"/></Document>`
 * (`XML-Attribute`) as it arrives. A document type declaration is refused: nothing is expanded, nothing is fetched.
 * Throws `package-malformed` with the line.
 */
export function xmlReader(file: XmlFile): PieceReader<string, readonly XmlRow[]> {
  const parser = new SaxesParser<{ xmlns: false; position: true }>({ xmlns: false, position: true })
  const fail = (expected: string): never => {
    throw packageError('package-malformed', `The data file ${file.name} is not readable at line ${parser.line}: expected ${expected}.`)
  }
  const state = readingState(file, fail)
  parser.on('doctype', () => fail('no document type declaration'))
  parser.on('opentag', state.open)
  parser.on('closetag', state.close)
  parser.on('text', state.text)
  parser.on('cdata', state.text)
  parser.on('error', (error) => {
    throw packageError('package-malformed', `The data file ${file.name} is not readable: ${error.message.slice(0, 200)}.`, error)
  })
  return {
    push(piece) {
      parser.write(piece)
      return state.take()
    },
    end() {
      parser.close()
      return state.take()
    },
  }
}

/**
 * The rows that are open while tags come and go: the document, its rows, the rows inside them, and at most one field. Longer than other functions:
 * all tags change the same few variables.
 */
function readingState(file: XmlFile, fail: (expected: string) => never) {
  const asAttributes = file.format === 'XML-Attribute'
  const names = [file.rowElement, ...(file.childElement === undefined ? [] : [file.childElement])].map((name) => name.toUpperCase())
  let ready: XmlRow[] = []
  let rows = 0
  let isInDocument = false
  const open: OpenRow[] = []
  let field: { readonly name: string; text: string } | undefined
  const limited = (text: string): string =>
    text.length > MAX_CELL_LENGTH ? fail(`a field of at most ${MAX_CELL_LENGTH} characters`) : text
  const put = (row: OpenRow, name: string, text: string) => {
    if (row.cells.size >= MAX_CELLS) fail(`at most ${MAX_CELLS} fields in a row`)
    row.cells.set(name.toUpperCase(), limited(text))
  }
  const openRow = (tag: SaxesTagPlain) => {
    rows += open.length === 0 ? 1 : 0
    const row: OpenRow = { number: rows, cells: new Map(), children: [] }
    if (asAttributes) for (const [name, text] of Object.entries(tag.attributes)) put(row, name, text)
    open.push(row)
  }
  return {
    open(tag: SaxesTagPlain) {
      const name = tag.name.toUpperCase()
      if (!isInDocument) isInDocument = true
      else if (field !== undefined) fail('text inside a field, no element')
      else if (name === names[open.length]) openRow(tag)
      else if (open.length === 0) fail(`the element ${names[0]}`)
      else if (asAttributes) fail('no element inside a row')
      else field = { name, text: '' }
    },
    close() {
      const row = open.at(-1)
      if (row === undefined) return
      if (field !== undefined) {
        put(row, field.name, field.text)
        field = undefined
        return
      }
      open.pop()
      const parent = open.at(-1)
      if (parent === undefined) ready.push(row)
      else if (parent.children.push(row) > MAX_CHILDREN) fail(`at most ${MAX_CHILDREN} rows inside one`)
    },
    text(value: string) {
      if (field !== undefined) field.text = limited(field.text + value)
      else if (value.trim() !== '') fail('an element')
    },
    take(): readonly XmlRow[] {
      const taken = ready
      ready = []
      return taken
    },
  }
}
