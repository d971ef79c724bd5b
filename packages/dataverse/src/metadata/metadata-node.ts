/** A metadata object of the wire: plain values, and what only `$expand` or a path segment brings. */
export interface MetadataNode {
  /** `EntityMetadata`, `PicklistAttributeMetadata` … without namespace. */
  readonly type: string
  readonly values: Readonly<Record<string, unknown>>
  readonly navigations: Readonly<Record<string, () => MetadataNode | readonly MetadataNode[] | null>>
}

export interface Label {
  readonly LocalizedLabels: readonly unknown[]
  readonly UserLocalizedLabel: unknown
}

const ENGLISH = 1033

/** A label as the wire writes it. Source: wire specification 18. */
export function labelOf(text: string, id: string): Label {
  const label = { Label: text, LanguageCode: ENGLISH, IsManaged: true, MetadataId: id, HasChanged: null }
  return { LocalizedLabels: [label], UserLocalizedLabel: label }
}

/** A label that has no text in any language. */
export const NO_LABEL: Label = { LocalizedLabels: [], UserLocalizedLabel: null }

/** A property that solutions may lock. */
export const managed = (value: unknown, name: string): unknown => ({ Value: value, CanBeChanged: true, ManagedPropertyLogicalName: name })
