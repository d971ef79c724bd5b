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
import { VALUE_SYNTAX } from './value-syntax.ts'
import { escapeXml } from './xml.ts'

type Attribute = readonly [name: string, value: string | number | boolean | undefined]

/** The `$metadata` document of a model: CSDL 4.0 XML in UTF-8, everything escaped, on one line per element group without indentation. */
export function writeCsdl(model: CsdlModel): string {
  const schemas = model.schemas.map(schema).join('')
  const services = element('edmx:DataServices', [], schemas)
  const root = element(
    'edmx:Edmx',
    [
      ['Version', '4.0'],
      ['xmlns:edmx', 'http://docs.oasis-open.org/odata/ns/edmx'],
    ],
    services,
  )
  return `<?xml version="1.0" encoding="utf-8"?>${root}`
}

function element(name: string, attributes: readonly Attribute[], content: string): string {
  const written = attributes.map(([key, value]) => (value === undefined ? '' : ` ${key}="${escapeXml(String(value))}"`)).join('')
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`
}

const all = <Item>(items: readonly Item[] | undefined, write: (item: Item) => string): string => (items ?? []).map(write).join('')

function schema(item: CsdlSchema): string {
  const content =
    all(item.enumTypes, enumType) +
    all(item.complexTypes, (type) => structuredType('ComplexType', type)) +
    all(item.entityTypes, (type) => structuredType('EntityType', type)) +
    all(item.actions, (action) => operation('Action', action)) +
    all(item.functions, (one) => operation('Function', one)) +
    (item.container === undefined ? '' : container(item.container)) +
    all(item.targets, ({ target, annotations }) => element('Annotations', [['Target', target]], all(annotations, annotation))) +
    all(item.annotations, annotation)
  const attributes: Attribute[] = [
    ['Namespace', item.namespace],
    ['Alias', item.alias],
    ['xmlns', 'http://docs.oasis-open.org/odata/ns/edm'],
  ]
  return element('Schema', attributes, content)
}

function enumType(type: CsdlEnumType): string {
  const members = all(type.members, (member) =>
    element(
      'Member',
      [
        ['Name', member.name],
        ['Value', member.value],
      ],
      all(member.annotations, annotation),
    ),
  )
  const attributes: Attribute[] = [
    ['Name', type.name],
    ['UnderlyingType', type.underlyingType],
    ['IsFlags', type.isFlags],
  ]
  return element('EnumType', attributes, members + all(type.annotations, annotation))
}

function structuredType(name: 'EntityType' | 'ComplexType', type: CsdlEntityType | CsdlStructuredType): string {
  const key =
    'key' in type && type.key !== undefined
      ? element(
          'Key',
          [],
          all(type.key, (part) => element('PropertyRef', [['Name', part]], '')),
        )
      : ''
  const attributes: Attribute[] = [
    ['Name', type.name],
    ['BaseType', type.baseType],
    ['Abstract', type.abstract],
    ['OpenType', type.openType],
  ]
  const members = all(type.properties, property) + all(type.navigationProperties, navigationProperty)
  return element(name, attributes, key + members + all(type.annotations, annotation))
}

function property(item: CsdlProperty): string {
  const attributes: Attribute[] = [
    ['Name', item.name],
    ['Type', item.type],
    ['Nullable', item.nullable],
    ['MaxLength', item.maxLength],
    ['Precision', item.precision],
    ['Scale', item.scale],
    ['Unicode', item.unicode],
    ['DefaultValue', item.defaultValue],
  ]
  return element('Property', attributes, all(item.annotations, annotation))
}

function navigationProperty(item: CsdlNavigationProperty): string {
  const attributes: Attribute[] = [
    ['Name', item.name],
    ['Type', item.type],
    ['Nullable', item.nullable],
    ['Partner', item.partner],
    ['ContainsTarget', item.containsTarget],
  ]
  const constraints = all(item.referentialConstraints, (constraint) =>
    element(
      'ReferentialConstraint',
      [
        ['Property', constraint.property],
        ['ReferencedProperty', constraint.referencedProperty],
      ],
      '',
    ),
  )
  return element('NavigationProperty', attributes, constraints + all(item.annotations, annotation))
}

function operation(name: 'Action' | 'Function', item: CsdlOperation): string {
  const parameters = all(item.parameters, (parameter) => {
    const attributes: Attribute[] = [
      ['Name', parameter.name],
      ['Type', parameter.type],
      ['Nullable', parameter.nullable],
    ]
    return element('Parameter', attributes, all(parameter.annotations, annotation))
  })
  const returned = item.returnType
  const returnType =
    returned === undefined
      ? ''
      : element(
          'ReturnType',
          [
            ['Type', returned.type],
            ['Nullable', returned.nullable],
          ],
          '',
        )
  const attributes: Attribute[] = [
    ['Name', item.name],
    ['IsBound', item.isBound],
    ['EntitySetPath', item.entitySetPath],
    ['IsComposable', name === 'Function' ? item.isComposable : undefined],
  ]
  return element(name, attributes, parameters + returnType + all(item.annotations, annotation))
}

function container(item: CsdlContainer): string {
  const sets = all(item.entitySets, (set) => {
    const bindings = all(set.bindings, ({ path, target }) =>
      element(
        'NavigationPropertyBinding',
        [
          ['Path', path],
          ['Target', target],
        ],
        '',
      ),
    )
    return element(
      'EntitySet',
      [
        ['Name', set.name],
        ['EntityType', set.entityType],
      ],
      bindings + all(set.annotations, annotation),
    )
  })
  const singletons = all(item.singletons, (one) =>
    element(
      'Singleton',
      [
        ['Name', one.name],
        ['Type', one.type],
      ],
      '',
    ),
  )
  const imports =
    all(item.actionImports, (one) => operationImport('Action', one)) + all(item.functionImports, (one) => operationImport('Function', one))
  return element('EntityContainer', [['Name', item.name]], sets + singletons + imports + all(item.annotations, annotation))
}

function operationImport(kind: 'Action' | 'Function', item: CsdlOperationImport): string {
  const attributes: Attribute[] = [
    ['Name', item.name],
    [kind, item.operation],
    ['EntitySet', item.entitySet],
  ]
  return element(`${kind}Import`, attributes, all(item.annotations, annotation))
}

function annotation(item: CsdlAnnotation): string {
  const attributes: Attribute[] = [
    ['Term', item.term],
    ['Qualifier', item.qualifier],
  ]
  const attribute = item.value === undefined ? undefined : constantAttribute(item.value)
  if (attribute !== undefined) return element('Annotation', [...attributes, attribute], '')
  return element('Annotation', attributes, item.value === undefined ? '' : expression(item.value))
}

function constantAttribute(value: CsdlValue): Attribute | undefined {
  if (value.kind === 'collection' || value.kind === 'record' || value.kind === 'null') return undefined
  return [VALUE_SYNTAX[value.kind], value.value]
}

function expression(value: CsdlValue): string {
  if (value.kind === 'null') return '<Null/>'
  if (value.kind === 'collection') return element('Collection', [], all(value.items, expression))
  if (value.kind === 'record') {
    const properties = Object.entries(value.properties).map(([name, inner]) => {
      const attribute = constantAttribute(inner)
      if (attribute !== undefined) return element('PropertyValue', [['Property', name], attribute], '')
      return element('PropertyValue', [['Property', name]], expression(inner))
    })
    return element('Record', [['Type', value.type]], properties.join(''))
  }
  return `<${VALUE_SYNTAX[value.kind]}>${escapeXml(String(value.value))}</${VALUE_SYNTAX[value.kind]}>`
}
