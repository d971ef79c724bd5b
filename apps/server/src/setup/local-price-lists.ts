import type { Template } from '@p2c/engine'

/** The price lists that the local Sales application is seeded with, by currency (templates specification 9.4 and 10). */
const LOCAL_PRICE_LISTS: Readonly<Record<string, string>> = {
  usd: 'CRM Service USA (sample)',
  eur: 'CRM Service Europe (sample)',
  gbp: 'CRM Service United Kingdom (sample)',
  cad: 'CRM Service Canada (sample)',
  aud: 'CRM Service Australia (sample)',
}

type Tasks = Template['entityMappingTasks']
type FieldMapping = Tasks[number]['legs'][number]['fieldMappings'][number]

/**
 * The tasks of a template with map L (currency to price list) completed for the local Sales application: templates carry the vendor's one
 * example, and every project must have its own lists before first use (templates specification 10.2). What the template says stays.
 */
export const withLocalPriceLists = (tasks: Tasks): Tasks =>
  tasks.map((task) => ({
    ...task,
    legs: task.legs.map((leg) => ({ ...leg, fieldMappings: leg.fieldMappings.map(completeMap) })),
  }))

function completeMap(mapping: FieldMapping): FieldMapping {
  if (mapping.destinationField?.toLowerCase() !== 'pricelevelid.name' || mapping.valueTransforms === undefined) return mapping
  return {
    ...mapping,
    valueTransforms: mapping.valueTransforms.map((transform) =>
      transform.transformType === 'ValueMap'
        ? { ...transform, valueMap: { ...LOCAL_PRICE_LISTS, ...(transform.valueMap as object) } }
        : transform,
    ) as FieldMapping['valueTransforms'],
  }
}
