import type { Column, Model, Table } from '../model/resolved-model.ts'
import type { ColumnDefinition } from '../model/table.ts'
import { stableId } from '../system/stable-id.ts'
import { labelOf, type MetadataNode, managed, NO_LABEL } from './metadata-node.ts'

/** Options of a choice, a state, a status or a yes-no column; undefined for other columns. Source: wire specification 18. */
export function optionSetOf(table: Table, column: Column): MetadataNode | undefined {
  const { definition } = column
  if (definition.type === 'choice' && definition.shared !== undefined) return sharedSet(definition.shared, column)
  const name = `${table.logicalName}_${column.name}`
  if (definition.type === 'boolean') {
    const [no, yes] = definition.labels ?? ['No', 'Yes']
    const values = {
      ...common(name, column),
      OptionSetType: 'Boolean',
      TrueOption: option(name, { value: 1, label: yes }),
      FalseOption: option(name, { value: 0, label: no }),
    }
    return { type: 'BooleanOptionSetMetadata', values, navigations: {} }
  }
  if (definition.type !== 'choice' && definition.type !== 'state' && definition.type !== 'status') return undefined
  const kind = { choice: 'Picklist', state: 'State', status: 'Status' }[definition.type]
  return {
    type: 'OptionSetMetadata',
    values: { ...common(name, column), OptionSetType: kind, Options: optionsOf(definition, name) },
    navigations: {},
  }
}

/** The choice that a column shares with others; null where its options are its own. */
export const sharedSetOf = (column: Column): MetadataNode | null =>
  column.definition.type === 'choice' && column.definition.shared !== undefined ? sharedSet(column.definition.shared, column) : null

/** Every choice that columns share, once, by name: `GlobalOptionSetDefinitions`. */
export function sharedSetNodes(model: Model): readonly MetadataNode[] {
  const nodes = new Map<unknown, MetadataNode>()
  for (const table of model.tables.values()) {
    for (const column of table.columns) {
      const node = sharedSetOf(column)
      if (node !== null && !nodes.has(node.values.Name)) nodes.set(node.values.Name, node)
    }
  }
  return [...nodes.values()]
}

function sharedSet(name: string, column: Column): MetadataNode {
  const definition = column.definition as WithOptions
  const values = { ...common(name, column), IsGlobal: true, OptionSetType: 'Picklist', Options: optionsOf(definition, name) }
  return { type: 'OptionSetMetadata', values, navigations: {} }
}

const common = (name: string, column: Column): MetadataNode['values'] => {
  const id = stableId('optionset', name)
  return {
    Name: name,
    IsGlobal: false,
    IsCustomOptionSet: false,
    IsManaged: true,
    ExternalTypeName: null,
    ParentOptionSetName: null,
    HasChanged: null,
    IntroducedVersion: null,
    IsCustomizable: managed(false, 'iscustomizable'),
    DisplayName: labelOf(column.definition.label, stableId('label', id)),
    Description: NO_LABEL,
    MetadataId: id,
  }
}

const option = (name: string, { value, label }: { readonly value: number; readonly label: string }): Record<string, unknown> => ({
  Value: value,
  Label: labelOf(label, stableId('option', name, String(value))),
  Description: NO_LABEL,
  Color: null,
  ExternalValue: null,
  IsManaged: true,
  IsHidden: false,
  MetadataId: null,
  HasChanged: null,
})

type WithOptions = Extract<ColumnDefinition, { type: 'choice' | 'state' | 'status' }>

const optionsOf = (definition: WithOptions, name: string): readonly unknown[] =>
  definition.options.map((one) => ({
    ...option(name, one),
    ...('state' in one && { State: one.state }),
    ...('defaultStatus' in one && { DefaultStatus: one.defaultStatus, InvariantName: one.invariantName }),
  }))
