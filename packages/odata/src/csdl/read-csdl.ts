import { AppError } from '@p2c/base'
import type {
  CsdlAnnotation,
  CsdlContainer,
  CsdlEntityType,
  CsdlEnumType,
  CsdlModel,
  CsdlNavigationProperty,
  CsdlOperation,
  CsdlOperationImport,
  CsdlProperty,
  CsdlSchema,
  CsdlStructuredType,
  CsdlValue,
} from './model.ts'
import { constantOf } from './value-syntax.ts'
import { childOf, childrenOf, type ReadXmlOptions, readXml, type XmlElement } from './xml.ts'

/**
 * Reads a `$metadata` document. Elements that the model does not know are skipped. Throws AppError `csdl-malformed` where a needed
 * attribute is missing, and what `readXml` throws.
 */
export function readCsdl(xml: string, options: ReadXmlOptions = {}): CsdlModel {
  const root = readXml(xml, options)
  const services = root.name === 'Edmx' ? childOf(root, 'DataServices') : undefined
  if (services === undefined) throw malformed(`Expected edmx:Edmx with edmx:DataServices, found '${root.name}'.`)
  return { schemas: childrenOf(services, 'Schema').map(readSchema) }
}

const malformed = (message: string): AppError => new AppError({ category: 'schema', code: 'csdl-malformed', message })

function required(element: XmlElement, name: string): string {
  const value = element.attributes[name]
  if (value === undefined) {
    const where = element.attributes.Name === undefined ? '' : ` '${element.attributes.Name}'`
    throw malformed(`The element ${element.name}${where} of the metadata has no ${name}.`)
  }
  return value
}

/** `{ [key]: read(value) }` where the attribute is there, else nothing: absent members stay absent. */
function optional<Key extends string, Value>(
  element: XmlElement,
  [attribute, key]: readonly [attribute: string, key: Key],
  read: (text: string) => Value,
): { [K in Key]?: Value } {
  const text = element.attributes[attribute]
  return text === undefined ? {} : ({ [key]: read(text) } as { [K in Key]?: Value })
}

function listed<Key extends string, Value>(key: Key, items: readonly Value[]): { [K in Key]?: readonly Value[] } {
  return items.length === 0 ? {} : ({ [key]: items } as { [K in Key]?: readonly Value[] })
}

const asText = (text: string): string => text
const asFlag = (text: string): boolean => text === 'true'

/** Up to 32 bits: the longest texts have a `MaxLength` of 1073741823. */
function asCount(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw malformed(`Expected a whole number in the metadata, found '${text.slice(0, 40)}'.`)
  return Number(text)
}

const annotationsOf = (element: XmlElement) => listed('annotations', childrenOf(element, 'Annotation').map(readAnnotation))

function readSchema(element: XmlElement): CsdlSchema {
  const container = childOf(element, 'EntityContainer')
  const targets = childrenOf(element, 'Annotations').map((item) => ({
    target: required(item, 'Target'),
    annotations: childrenOf(item, 'Annotation').map(readAnnotation),
  }))
  return {
    namespace: required(element, 'Namespace'),
    ...optional(element, ['Alias', 'alias'], asText),
    ...listed('enumTypes', childrenOf(element, 'EnumType').map(readEnumType)),
    ...listed('complexTypes', childrenOf(element, 'ComplexType').map(readStructuredType)),
    ...listed('entityTypes', childrenOf(element, 'EntityType').map(readEntityType)),
    ...listed('actions', childrenOf(element, 'Action').map(readOperation)),
    ...listed('functions', childrenOf(element, 'Function').map(readOperation)),
    ...(container !== undefined && { container: readContainer(container) }),
    ...listed('targets', targets),
    ...annotationsOf(element),
  }
}

function readEnumType(element: XmlElement): CsdlEnumType {
  return {
    name: required(element, 'Name'),
    ...optional(element, ['UnderlyingType', 'underlyingType'], asText),
    ...optional(element, ['IsFlags', 'isFlags'], asFlag),
    members: childrenOf(element, 'Member').map((member) => ({
      name: required(member, 'Name'),
      ...optional(member, ['Value', 'value'], asText),
      ...annotationsOf(member),
    })),
    ...annotationsOf(element),
  }
}

function readEntityType(element: XmlElement): CsdlEntityType {
  const key = childOf(element, 'Key')
  const names = key === undefined ? [] : childrenOf(key, 'PropertyRef').map((part) => required(part, 'Name'))
  return { ...readStructuredType(element), ...listed('key', names) }
}

function readStructuredType(element: XmlElement): CsdlStructuredType {
  return {
    name: required(element, 'Name'),
    ...optional(element, ['BaseType', 'baseType'], asText),
    ...optional(element, ['Abstract', 'abstract'], asFlag),
    ...optional(element, ['OpenType', 'openType'], asFlag),
    properties: childrenOf(element, 'Property').map(readProperty),
    ...listed('navigationProperties', childrenOf(element, 'NavigationProperty').map(readNavigationProperty)),
    ...annotationsOf(element),
  }
}

function readProperty(element: XmlElement): CsdlProperty {
  return {
    name: required(element, 'Name'),
    type: required(element, 'Type'),
    ...optional(element, ['Nullable', 'nullable'], asFlag),
    ...optional(element, ['MaxLength', 'maxLength'], (text) => (text === 'max' ? text : asCount(text))),
    ...optional(element, ['Precision', 'precision'], asCount),
    ...optional(element, ['Scale', 'scale'], (text) => (text.toLowerCase() === 'variable' ? ('variable' as const) : asCount(text))),
    ...optional(element, ['Unicode', 'unicode'], asFlag),
    ...optional(element, ['DefaultValue', 'defaultValue'], asText),
    ...annotationsOf(element),
  }
}

function readNavigationProperty(element: XmlElement): CsdlNavigationProperty {
  const constraints = childrenOf(element, 'ReferentialConstraint').map((item) => ({
    property: required(item, 'Property'),
    referencedProperty: required(item, 'ReferencedProperty'),
  }))
  return {
    name: required(element, 'Name'),
    type: required(element, 'Type'),
    ...optional(element, ['Nullable', 'nullable'], asFlag),
    ...optional(element, ['Partner', 'partner'], asText),
    ...optional(element, ['ContainsTarget', 'containsTarget'], asFlag),
    ...listed('referentialConstraints', constraints),
    ...annotationsOf(element),
  }
}

function readOperation(element: XmlElement): CsdlOperation {
  const returned = childOf(element, 'ReturnType')
  return {
    name: required(element, 'Name'),
    ...optional(element, ['IsBound', 'isBound'], asFlag),
    ...optional(element, ['EntitySetPath', 'entitySetPath'], asText),
    ...optional(element, ['IsComposable', 'isComposable'], asFlag),
    parameters: childrenOf(element, 'Parameter').map((item) => ({
      name: required(item, 'Name'),
      type: required(item, 'Type'),
      ...optional(item, ['Nullable', 'nullable'], asFlag),
      ...annotationsOf(item),
    })),
    ...(returned !== undefined && {
      returnType: { type: required(returned, 'Type'), ...optional(returned, ['Nullable', 'nullable'], asFlag) },
    }),
    ...annotationsOf(element),
  }
}

function readContainer(element: XmlElement): CsdlContainer {
  return {
    name: required(element, 'Name'),
    entitySets: childrenOf(element, 'EntitySet').map((set) => ({
      name: required(set, 'Name'),
      entityType: required(set, 'EntityType'),
      ...listed(
        'bindings',
        childrenOf(set, 'NavigationPropertyBinding').map((item) => ({ path: required(item, 'Path'), target: required(item, 'Target') })),
      ),
      ...annotationsOf(set),
    })),
    ...listed(
      'singletons',
      childrenOf(element, 'Singleton').map((item) => ({ name: required(item, 'Name'), type: required(item, 'Type') })),
    ),
    ...listed(
      'actionImports',
      childrenOf(element, 'ActionImport').map((item) => readImport(item, 'Action')),
    ),
    ...listed(
      'functionImports',
      childrenOf(element, 'FunctionImport').map((item) => readImport(item, 'Function')),
    ),
    ...annotationsOf(element),
  }
}

function readImport(element: XmlElement, kind: 'Action' | 'Function'): CsdlOperationImport {
  return {
    name: required(element, 'Name'),
    operation: required(element, kind),
    ...optional(element, ['EntitySet', 'entitySet'], asText),
    ...annotationsOf(element),
  }
}

function readAnnotation(element: XmlElement): CsdlAnnotation {
  const value = readValue(element)
  return {
    term: required(element, 'Term'),
    ...optional(element, ['Qualifier', 'qualifier'], asText),
    ...(value !== undefined && { value }),
  }
}

/** The expression that an element holds as an attribute or as its child. */
function readValue(element: XmlElement): CsdlValue | undefined {
  for (const [name, text] of Object.entries(element.attributes)) {
    const constant = constantOf(name, text)
    if (constant !== undefined) return constant
  }
  const child = element.children.find((item) => item.name !== 'Annotation')
  return child === undefined ? undefined : readExpression(child)
}

function readExpression(element: XmlElement): CsdlValue | undefined {
  if (element.name === 'Null') return { kind: 'null' }
  if (element.name === 'Collection') return { kind: 'collection', items: element.children.flatMap((item) => readExpression(item) ?? []) }
  if (element.name !== 'Record') return constantOf(element.name, element.text)
  const properties = childrenOf(element, 'PropertyValue').flatMap((item): [string, CsdlValue][] => {
    const value = readValue(item)
    return value === undefined ? [] : [[required(item, 'Property'), value]]
  })
  return { kind: 'record', ...optional(element, ['Type', 'type'], asText), properties: Object.fromEntries(properties) }
}
