import type { AppAction } from '@p2c/dataverse'
import { formatAddress } from '../domain/customers/format-address.ts'

const text = (name: string) => ({ name, type: 'Edm.String' })

/** The parts of an address as one text in the manner of its country. */
export const addressFunction: AppAction = {
  name: 'FormatAddress',
  kind: 'function',
  binding: 'unbound',
  parameters: ['Line1', 'City', 'StateOrProvince', 'PostalCode', 'Country'].map(text),
  returns: 'mscrm.FormatAddressResponse',
  returnMembers: [text('Address')],
  run: async (_context, parameters) => {
    const Address = formatAddress({
      line1: String(parameters.Line1),
      city: String(parameters.City),
      stateorprovince: String(parameters.StateOrProvince),
      postalcode: String(parameters.PostalCode),
      country: String(parameters.Country),
    })
    return { kind: 'value', type: 'Microsoft.Dynamics.CRM.FormatAddressResponse', value: { Address } }
  },
}
