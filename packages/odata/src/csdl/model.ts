/** The constant or constructed value of an annotation, as CSDL 4.0 expressions; what is none of these is not read. */
export type CsdlValue =
  | { readonly kind: 'string' | 'int' | 'decimal' | 'float' | 'date' | 'date-time' | 'guid' | 'enum-member'; readonly value: string }
  | { readonly kind: 'path' | 'property-path' | 'navigation-property-path' | 'annotation-path'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'collection'; readonly items: readonly CsdlValue[] }
  | { readonly kind: 'record'; readonly type?: string; readonly properties: Readonly<Record<string, CsdlValue>> }

/** `Org.OData.Capabilities.V1.ChangeTracking`, `Microsoft.Dynamics.OData.Core.V1.LabelId`. Without a value it is a tag: true. */
export interface CsdlAnnotation {
  readonly term: string
  readonly qualifier?: string
  readonly value?: CsdlValue
}

interface Annotated {
  readonly annotations?: readonly CsdlAnnotation[]
}

/** Type names are as on the wire: `Edm.String`, `mscrm.account`, `Collection(mscrm.contact)`. */
export interface CsdlProperty extends Annotated {
  readonly name: string
  readonly type: string
  /** Default true, as in CSDL. */
  readonly nullable?: boolean
  readonly maxLength?: number | 'max'
  readonly precision?: number
  readonly scale?: number | 'variable'
  readonly unicode?: boolean
  readonly defaultValue?: string
}

export interface CsdlReferentialConstraint {
  readonly property: string
  readonly referencedProperty: string
}

export interface CsdlNavigationProperty extends Annotated {
  readonly name: string
  readonly type: string
  readonly nullable?: boolean
  readonly partner?: string
  readonly containsTarget?: boolean
  readonly referentialConstraints?: readonly CsdlReferentialConstraint[]
}

/** A complex type is the same without a key. */
export interface CsdlStructuredType extends Annotated {
  readonly name: string
  readonly baseType?: string
  readonly abstract?: boolean
  readonly openType?: boolean
  readonly properties: readonly CsdlProperty[]
  readonly navigationProperties?: readonly CsdlNavigationProperty[]
}

export interface CsdlEntityType extends CsdlStructuredType {
  /** Names in declared order; absent where the base type has the key. */
  readonly key?: readonly string[]
}

export interface CsdlEnumMember extends Annotated {
  readonly name: string
  /** Whole number as text; absent: counted from 0. */
  readonly value?: string
}

export interface CsdlEnumType extends Annotated {
  readonly name: string
  readonly underlyingType?: string
  readonly isFlags?: boolean
  readonly members: readonly CsdlEnumMember[]
}

export interface CsdlParameter extends Annotated {
  readonly name: string
  readonly type: string
  readonly nullable?: boolean
}

/** An action or a function; several may share a name. */
export interface CsdlOperation extends Annotated {
  readonly name: string
  /** The first parameter is then the binding parameter. */
  readonly isBound?: boolean
  readonly entitySetPath?: string
  /** Functions only. */
  readonly isComposable?: boolean
  readonly parameters: readonly CsdlParameter[]
  readonly returnType?: { readonly type: string; readonly nullable?: boolean }
}

export interface CsdlEntitySet extends Annotated {
  readonly name: string
  readonly entityType: string
  /** Navigation path and the set that it leads to. */
  readonly bindings?: readonly { readonly path: string; readonly target: string }[]
}

export interface CsdlOperationImport extends Annotated {
  readonly name: string
  /** Qualified name of the action or function. */
  readonly operation: string
  readonly entitySet?: string
}

export interface CsdlContainer extends Annotated {
  readonly name: string
  readonly entitySets: readonly CsdlEntitySet[]
  readonly singletons?: readonly { readonly name: string; readonly type: string }[]
  readonly actionImports?: readonly CsdlOperationImport[]
  readonly functionImports?: readonly CsdlOperationImport[]
}

export interface CsdlSchema extends Annotated {
  readonly namespace: string
  readonly alias?: string
  readonly enumTypes?: readonly CsdlEnumType[]
  readonly complexTypes?: readonly CsdlStructuredType[]
  readonly entityTypes?: readonly CsdlEntityType[]
  readonly actions?: readonly CsdlOperation[]
  readonly functions?: readonly CsdlOperation[]
  readonly container?: CsdlContainer
  /** Annotations that stand apart from what they describe: `mscrm.account/name`. */
  readonly targets?: readonly { readonly target: string; readonly annotations: readonly CsdlAnnotation[] }[]
}

/** What a `$metadata` document says. */
export interface CsdlModel {
  readonly schemas: readonly CsdlSchema[]
}
