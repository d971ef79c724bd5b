import type { CsdlStructuredType } from '@p2c/odata'
import type { ActionResult, AppAction } from './app-action.ts'

/** What a client asks of the environment that it talks to. Names, parameters and answers as the public Web API reference has them. */

/** Version of the service whose behaviour this one follows: its Web API is v9.2. */
export const SERVICE_VERSION = '9.2.25011.0'
/** Labels are English. */
const LANGUAGES: readonly number[] = [1033]
const NO_DATA_CENTRE = '00000000-0000-0000-0000-000000000000'

const complex = (type: string, value: Readonly<Record<string, unknown>>): ActionResult => ({
  kind: 'value',
  type: `Microsoft.Dynamics.CRM.${type}`,
  value,
})

const retrieveVersion = (version: string): AppAction => ({
  name: 'RetrieveVersion',
  kind: 'function',
  binding: 'unbound',
  parameters: [],
  returns: 'mscrm.RetrieveVersionResponse',
  returnMembers: [{ name: 'Version', type: 'Edm.String' }],
  run: async () => complex('RetrieveVersionResponse', { Version: version }),
})

const languages = (name: string, member: string): AppAction => ({
  name,
  kind: 'function',
  binding: 'unbound',
  parameters: [],
  returns: `mscrm.${name}Response`,
  returnMembers: [{ name: member, type: 'Collection(Edm.Int32)' }],
  run: async () => complex(`${name}Response`, { [member]: LANGUAGES }),
})

/** The last version that any row was given: what is written later has a greater one. */
const retrieveTimestamp: AppAction = {
  name: 'RetrieveTimestamp',
  kind: 'function',
  binding: 'unbound',
  parameters: [],
  returns: 'mscrm.RetrieveTimestampResponse',
  returnMembers: [{ name: 'Timestamp', type: 'Edm.String' }],
  run: async (context) => {
    const found = await context.write.sql.query<{ last: string }>('select last_value::text as last from platform_row_version')
    return complex('RetrieveTimestampResponse', { Timestamp: found.rows[0]?.last ?? '0' })
  },
}

const retrieveCurrentOrganization = (version: string): AppAction => ({
  name: 'RetrieveCurrentOrganization',
  kind: 'function',
  binding: 'unbound',
  parameters: [{ name: 'AccessType', type: 'mscrm.EndpointAccessType' }],
  returns: 'mscrm.RetrieveCurrentOrganizationResponse',
  returnMembers: [{ name: 'Detail', type: 'mscrm.OrganizationDetail' }],
  run: async (context) => {
    const id = context.organizationId
    const [organization] = await context.service.find({ table: 'organization', columns: ['name'], where: { organizationid: id } })
    const name = String(organization?.name ?? '')
    const { origin, hostname } = new URL(context.root)
    const Detail = {
      OrganizationId: id,
      FriendlyName: name,
      OrganizationVersion: version,
      EnvironmentId: id,
      DatacenterId: NO_DATA_CENTRE,
      Geo: null,
      TenantId: null,
      UrlName: hostname.split('.')[0] ?? hostname,
      UniqueName: uniqueName(name, id),
      State: 'Enabled',
      // The SOAP services are not offered.
      Endpoints: { Count: 1, IsReadOnly: false, Keys: ['WebApplication'], Values: [`${origin}/`] },
    }
    return complex('RetrieveCurrentOrganizationResponse', { Detail })
  },
})

/** Letters and digits of the name, in lower case; of a name without any the head of the id. */
const uniqueName = (name: string, id: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '') || `org${id.slice(0, 8)}`

/** Complex types that the answers of these functions hold. */
export const ENVIRONMENT_TYPES: readonly CsdlStructuredType[] = [
  {
    name: 'EndpointCollection',
    properties: [
      { name: 'Count', type: 'Edm.Int32', nullable: false },
      { name: 'IsReadOnly', type: 'Edm.Boolean', nullable: false },
      { name: 'Keys', type: 'Collection(mscrm.EndpointType)', nullable: false },
      { name: 'Values', type: 'Collection(Edm.String)', nullable: false },
    ],
  },
  {
    name: 'OrganizationDetail',
    properties: [
      { name: 'OrganizationId', type: 'Edm.Guid', nullable: false },
      ...['FriendlyName', 'OrganizationVersion', 'EnvironmentId'].map((name) => ({ name, type: 'Edm.String' })),
      { name: 'DatacenterId', type: 'Edm.Guid', nullable: false },
      ...['Geo', 'TenantId', 'UrlName', 'UniqueName'].map((name) => ({ name, type: 'Edm.String' })),
      { name: 'State', type: 'mscrm.OrganizationState', nullable: false },
      { name: 'Endpoints', type: 'mscrm.EndpointCollection' },
    ],
  },
]

/** `version` is what the environment answers to be. */
export const environmentFunctions = (version: string): readonly AppAction[] => [
  retrieveVersion(version),
  languages('RetrieveProvisionedLanguages', 'RetrieveProvisionedLanguages'),
  languages('RetrieveAvailableLanguages', 'LocaleIds'),
  retrieveTimestamp,
  retrieveCurrentOrganization(version),
]
