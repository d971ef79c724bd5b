import type { WriteCandidate } from '../decision.ts'
import { at, type FieldValues } from '../field-value.ts'
import { type InfologEntry, refuseField, refuseRow } from '../messages.ts'
import { alignSite } from '../site-and-warehouse.ts'

/** Site and warehouse of a line. */
export const LINE_PLACE = { site: 'ShippingSiteId', warehouse: 'ShippingWarehouseId' }

const isSame = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

/** Dimensions that a line may name only where the groups of the item make them active. */
const TRACKED = [
  { field: 'ItemBatchNumber', isActive: 'IsBatchNumberActive', label: 'Batch number' },
  { field: 'ItemSerialNumber', isActive: 'IsSerialNumberActive', label: 'Serial number' },
  { field: 'ShippingWarehouseLocationId', isActive: 'IsLocationActive', label: 'Location' },
] as const

interface Place {
  readonly site: string
  readonly warehouse: string
}

/** Site and warehouse of a line, or why it cannot ship from there. */
export type PlaceOutcome = { readonly values: FieldValues } | { readonly infolog: readonly InfologEntry[] }

/**
 * Where a line ships from: what was given, else the header's place, else that of the product's default order settings; a warehouse brings its
 * site. No site is E04; no warehouse is E05 where the storage dimension group makes it mandatory; an inactive dimension is E06.
 * Source: Supply Chain specification, 2.15 no. 5 and 4.2.
 */
export function decideLinePlace(
  candidate: WriteCandidate,
  { product, header }: { readonly product: FieldValues; readonly header: FieldValues | undefined },
): PlaceOutcome {
  const { before, row, given, facts } = candidate
  const aligned = alignSite({ row, given: namedPlace(candidate), fields: LINE_PLACE, facts })
  if ('entry' in aligned) return { infolog: [aligned.entry] }
  const own: Place = { site: aligned.values.ShippingSiteId ?? at(row, 'ShippingSiteId'), warehouse: at(row, 'ShippingWarehouseId') }
  const fallbacks: readonly Place[] = [
    { site: at(header, 'DefaultShippingSiteId'), warehouse: at(header, 'DefaultShippingWarehouseId') },
    { site: at(product, 'SalesSiteId'), warehouse: at(product, 'SalesWarehouseId') },
  ]
  const needsDefault = before === undefined || own.site === ''
  const usesWarehouse = at(product, 'IsWarehouseActive') === 'Yes'
  const found = needsDefault ? defaultPlace(own, fallbacks) : own
  // A default that the item has no use for is dropped; one that was given is refused below.
  const warehouse = usesWarehouse || own.warehouse !== '' ? found.warehouse : ''
  const problems = placeProblems({ ...row, ShippingSiteId: found.site, ShippingWarehouseId: warehouse }, { product, given })
  return problems.length > 0 ? { infolog: problems } : { values: { ShippingSiteId: found.site, ShippingWarehouseId: warehouse } }
}

/** A blank site beside a warehouse was not meant as one. */
const namedPlace = ({ row, given }: WriteCandidate): ReadonlySet<string> =>
  at(row, 'ShippingSiteId') === '' ? new Set([...given].filter((name) => name !== 'ShippingSiteId')) : given

/** The given site and warehouse, filled from the first place that has a site; a warehouse only ever joins its own site. */
function defaultPlace(own: Place, fallbacks: readonly Place[]): Place {
  if (own.warehouse !== '') return own
  const source = fallbacks.find(({ site }) => site !== '' && (own.site === '' || isSame(site, own.site)))
  const site = own.site || (source?.site ?? '')
  const warehouse = fallbacks.find((each) => each.warehouse !== '' && isSame(each.site, site))?.warehouse ?? ''
  return { site, warehouse }
}

function placeProblems(
  row: FieldValues,
  { product, given }: { readonly product: FieldValues; readonly given: ReadonlySet<string> },
): InfologEntry[] {
  if (at(row, 'ShippingSiteId') === '') return [refuseRow('E04')]
  if (at(row, 'ShippingWarehouseId') === '' && at(product, 'IsWarehouseMandatory') === 'Yes') return [refuseRow('E05')]
  const inactive = TRACKED.filter(({ field, isActive }) => given.has(field) && at(row, field) !== '' && at(product, isActive) !== 'Yes')
  const warehouse = at(row, 'ShippingWarehouseId') !== '' && at(product, 'IsWarehouseActive') !== 'Yes'
  return [
    ...(warehouse ? [refuseField('ShippingWarehouseId', 'E06', 'Warehouse')] : []),
    ...inactive.map(({ field, label }) => refuseField(field, 'E06', label)),
  ]
}
