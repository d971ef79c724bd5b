import type { MetadataNode } from './metadata-node.ts'

/** Abstract types of the metadata, and which ones derive from them. Source: public metadata entity types of Dataverse. */
const BASES: Readonly<Record<string, RegExp>> = {
  AttributeMetadata: /AttributeMetadata$/,
  EnumAttributeMetadata: /^(Picklist|State|Status)AttributeMetadata$/,
  RelationshipMetadataBase: /RelationshipMetadata$/,
  OptionSetMetadataBase: /OptionSetMetadata$/,
}

/** Types that a cast may name; columns of some of them do not occur here. */
const TYPES: ReadonlySet<string> = new Set([
  ...Object.keys(BASES),
  ...[
    'BigInt',
    'Boolean',
    'DateTime',
    'Decimal',
    'Double',
    'EntityName',
    'File',
    'Image',
    'Integer',
    'Lookup',
    'ManagedProperty',
    'Memo',
    'Money',
    'MultiSelectPicklist',
    'Picklist',
    'State',
    'Status',
    'String',
    'UniqueIdentifier',
  ].map((name) => `${name}AttributeMetadata`),
  'OneToManyRelationshipMetadata',
  'ManyToManyRelationshipMetadata',
  'OptionSetMetadata',
  'BooleanOptionSetMetadata',
  'EntityMetadata',
  'EntityKeyMetadata',
])

export const isMetadataType = (type: string): boolean => TYPES.has(type)

/** True when an object is of a type or of one that derives from it. */
export const isOfType = (node: MetadataNode, type: string): boolean => node.type === type || BASES[type]?.test(node.type) === true
