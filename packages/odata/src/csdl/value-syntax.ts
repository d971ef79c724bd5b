import type { CsdlValue } from './model.ts'

type Constant = Exclude<CsdlValue['kind'], 'collection' | 'record' | 'null'>

/** Attribute and element name of each constant expression. Source: OData CSDL 4.0, section 14.3. */
export const VALUE_SYNTAX = {
  string: 'String',
  bool: 'Bool',
  int: 'Int',
  decimal: 'Decimal',
  float: 'Float',
  date: 'Date',
  'date-time': 'DateTimeOffset',
  guid: 'Guid',
  'enum-member': 'EnumMember',
  path: 'Path',
  'property-path': 'PropertyPath',
  'navigation-property-path': 'NavigationPropertyPath',
  'annotation-path': 'AnnotationPath',
} as const satisfies Record<Constant, string>

const KINDS = new Map<string, Constant>(Object.entries(VALUE_SYNTAX).map(([kind, name]) => [name, kind as Constant]))

/** A constant from its attribute or element name and text; undefined for names that are no constant expression. */
export function constantOf(name: string, text: string): CsdlValue | undefined {
  const kind = KINDS.get(name)
  if (kind === undefined) return undefined
  return kind === 'bool' ? { kind, value: text.trim() === 'true' } : { kind, value: text }
}
