import { AppError } from '@p2c/base'
import { XMLParser } from 'fast-xml-parser'

/** One element: names without their namespace prefix, texts with entities resolved. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Direct text of the element, untrimmed. */
  readonly text: string
}

export interface ReadXmlOptions {
  /** Longest document in UTF-16 units; default 128 Mi. */
  readonly maxLength?: number
}

const DEFAULT_LENGTH = 128 * 1024 * 1024
const DEEPEST = 60

/**
 * The root element of a document. Document type declarations, and with them entities of one's own, are refused. Throws AppError
 * `xml-malformed`, `xml-too-large`.
 */
export function readXml(text: string, options: ReadXmlOptions = {}): XmlElement {
  const maxLength = options.maxLength ?? DEFAULT_LENGTH
  if (text.length > maxLength)
    throw xmlError('xml-too-large', `The XML document has ${text.length} characters; at most ${maxLength} are read.`)
  if (text.includes('<!DOCTYPE') || text.includes('<!ENTITY')) {
    throw xmlError('xml-malformed', 'The XML document has a document type declaration; none is read.')
  }
  const roots = toElements(parseNodes(text))
  const root = roots[0]
  if (root === undefined || roots.length > 1)
    throw xmlError('xml-malformed', `Expected one root element in the XML document, found ${roots.length}.`)
  return root
}

/** Children of this name, in order. */
export const childrenOf = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.filter((child) => child.name === name)

/** The first child of this name. */
export const childOf = (element: XmlElement, name: string): XmlElement | undefined => element.children.find((child) => child.name === name)

type XmlNode = { readonly [name: string]: unknown }
const ATTRIBUTES = ':@'

function parseNodes(text: string): readonly XmlNode[] {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: false,
    removeNSPrefix: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: DEEPEST,
  })
  try {
    return parser.parse(text, true) as readonly XmlNode[]
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 300) : 'unreadable'
    throw new AppError({ category: 'data', code: 'xml-malformed', message: `The XML document cannot be read: ${reason}`, cause: error })
  }
}

function toElements(nodes: readonly XmlNode[]): XmlElement[] {
  return nodes.flatMap((node) => {
    const name = nameOf(node)
    if (name === undefined || name === '#text') return []
    const content = node[name] as readonly XmlNode[]
    return [{ name, attributes: attributesOf(node), children: toElements(content), text: textOf(content) }]
  })
}

const nameOf = (node: XmlNode): string | undefined => Object.keys(node).find((name) => name !== ATTRIBUTES)

function attributesOf(node: XmlNode): Record<string, string> {
  const given = node[ATTRIBUTES] as Readonly<Record<string, string>> | undefined
  return Object.fromEntries(Object.entries(given ?? {}).map(([name, value]) => [name, decodeEntities(String(value))]))
}

const textOf = (content: readonly XmlNode[]): string =>
  decodeEntities(content.map((child) => (typeof child['#text'] === 'string' ? child['#text'] : '')).join(''))

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The five entities of XML and character references; any other entity is refused. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&([^;&\s]{1,10});/g, (whole, name: string) => {
    const value = name.startsWith('#') ? fromReference(name) : NAMED[name]
    if (value === undefined) throw xmlError('xml-malformed', `The XML document uses the unknown entity ${whole}.`)
    return value
  })
}

function fromReference(name: string): string | undefined {
  const code = /^#x[0-9a-f]+$/i.test(name) ? Number.parseInt(name.slice(2), 16) : /^#\d+$/.test(name) ? Number(name.slice(1)) : Number.NaN
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

const xmlError = (code: string, message: string): AppError => new AppError({ category: 'data', code, message })

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}

/** Text for an attribute or element. Characters that XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  if (!/[&<>"'\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text)) return text
  return text
    .toWellFormed()
    .replace(/[\p{Cc}--[\n\r\t\x7f-\x9f]]|[\ufffe\uffff]/gv, '\ufffd')
    .replace(/[&<>"'\n\r\t]/g, (char) => ESCAPES[char] ?? char)
}
