/** Root of the Dataverse Web API below the address of Sales and of the Common Data Service. */
export const WEB_API = '/api/data/v9.2'

/** A text as it stands in a filter of an address. */
export const quoted = (text: string): string => encodeURIComponent(`'${text.replaceAll("'", "''")}'`)

/** Rows of one company of Supply Chain. */
export const companyFilter = (company: string): string => `dataAreaId eq ${quoted(company)}`

/** Members of enumerations stand with their type on the wire. */
export const member = (type: string, name: string): string => encodeURIComponent(`Microsoft.Dynamics.DataEntities.${type}'${name}'`)
