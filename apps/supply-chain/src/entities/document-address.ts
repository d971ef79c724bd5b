import { COMPUTED, choice, type EntityProperty, long, real, refersTo, text, yesNo } from './entity.ts'

const PARTS = (prefix: string): EntityProperty[] => [
  text(`${prefix}AddressStreet`, 250, { label: 'Street' }),
  text(`${prefix}AddressStreetNumber`, 20, { label: 'Street number' }),
  text(`${prefix}AddressCity`, 60, { label: 'City' }),
  text(`${prefix}AddressCountyId`, 50, { label: 'County' }),
  text(`${prefix}AddressStateId`, 50, { label: 'State' }),
  text(`${prefix}AddressZipCode`, 20, { label: 'ZIP/postal code' }),
  text(`${prefix}AddressCountryRegionId`, 10, { label: 'Country/region', ...refersTo('AddressCountryRegion', 'CountryRegionId') }),
  text(`${prefix}AddressCountryRegionISOCode`, 2, { label: 'ISO country/region' }),
  text(`${prefix}AddressDistrictName`, 60, { label: 'District' }),
  text(`${prefix}AddressPostBox`, 20, { label: 'Post box' }),
  real(`${prefix}AddressLatitude`, { label: 'Latitude' }),
  real(`${prefix}AddressLongitude`, { label: 'Longitude' }),
  text(`${prefix}AddressTimeZone`, 60, { label: 'Time zone' }),
  text(`${prefix}BuildingCompliment`, 60, { label: 'Building complement' }),
]

/**
 * The delivery address of a document or a line, without its formatted text, whose name differs between entities.
 * Source: Supply Chain specification, 2.7 to 2.10.
 */
export const deliveryAddress = (): EntityProperty[] => [
  text('DeliveryAddressName', 100, { label: 'Delivery name' }),
  text('DeliveryAddressDescription', 60, { label: 'Address description' }),
  ...PARTS('Delivery'),
  text('DeliveryAddressDunsNumber', 20, { label: 'DUNS number' }),
  text('DeliveryAddressLocationId', 30, { label: 'Location' }),
  yesNo('IsDeliveryAddressOrderSpecific'),
  yesNo('IsDeliveryAddressPrivate'),
]

/** The record of the postal address that a document or line is delivered to. */
export const deliveryAddressRecord = (): EntityProperty => long('DeliveryPostalAddressRecId', { label: 'Postal address' })

/** The invoice address as the invoice customer has it now: read live, never stored with an open document. */
export const invoiceAddress = (): EntityProperty[] => [
  ...PARTS('Invoice').map(({ references: _, ...part }) => ({ ...part, ...COMPUTED })),
  text('FormattedInvoiceAddress', 250, COMPUTED),
  choice('IsInvoiceAddressPrivate', 'NoYes', COMPUTED),
]
