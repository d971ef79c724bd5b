/** Enumerations that parameters and answers of functions name; their values count from 0. Names as the public Web API reference has them. */
export const ENUM_TYPES: Readonly<Record<string, readonly string[]>> = {
  EndpointAccessType: ['Default', 'Internet', 'Intranet'],
  EndpointType: ['OrganizationService', 'OrganizationDataService', 'WebApplication'],
  OrganizationState: ['Enabled', 'Disabled'],
  TargetFieldType: ['All', 'ValidForCreate', 'ValidForUpdate', 'ValidForRead'],
}

/** The members of the enumeration that a parameter is declared with; undefined where its type is another. */
export const membersOfEnum = (type: string): readonly string[] | undefined =>
  type.startsWith('mscrm.') ? ENUM_TYPES[type.slice('mscrm.'.length)] : undefined
