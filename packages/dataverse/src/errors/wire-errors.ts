import { PlatformError } from './platform-error.ts'

/** Every error of the protocol with status, code and text in one place. Source: Dataverse wire specification, sections 4 to 16. */
export const wireErrors = {
  unknownSegment: (segment: string) => new PlatformError(404, '0x80060888', `Resource not found for the segment '${segment}'.`),
  wrongVerb: (url: string) => new PlatformError(404, '', `No HTTP resource was found that matches the request URI '${url}'.`),
  methodNotAllowed: (method: string, target: string) =>
    new PlatformError(405, '0x80060888', `The requested resource does not support http method '${method}': ${target}.`),
  rowNotFound: (table: string, id: string) => new PlatformError(404, '0x80040217', `${table} With Id = ${id} Does Not Exist`),
  keyNotFound: (table: string) =>
    new PlatformError(404, '0x80060891', `A record with the specified key values does not exist in ${table} entity`),
  keyNotDefined: (table: string) =>
    new PlatformError(
      400,
      '0x80060890',
      `The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.${table}'. Ensure that the names and number of key properties match the declared or alternate key properties for the resource 'Microsoft.Dynamics.CRM.${table}'.`,
    ),
  referenceNotFound: (table: string) =>
    new PlatformError(404, '0x80040217', `A record with the specified key values does not exist in ${table} entity`),
  duplicateRow: () => new PlatformError(412, '0x80040237', 'A record with matching key values already exists.'),
  keyViolated: (key: string, columns: readonly string[]) =>
    new PlatformError(
      412,
      '0x80060892',
      `Entity Key ${key} violated. A record with the same value for ${columns.join(', ')} already exists. A duplicate record cannot be created. Select one or more unique values and try again.`,
    ),
  staleVersion: () =>
    new PlatformError(412, '0x80060882', "The version of the existing record doesn't match the RowVersion property provided."),
  concurrencyNotEnabled: (table: string) =>
    new PlatformError(
      400,
      '0x80060883',
      `Optimistic concurrency isn't enabled for entity type ${table}. The IfMatch header cannot be used.`,
    ),
  badQuery: (message: string) => new PlatformError(400, '0x80060888', message),
  unknownProperty: (property: string, table: string) =>
    new PlatformError(400, '0x80060888', `Could not find a property named '${property}' on type 'Microsoft.Dynamics.CRM.${table}'.`),
  badPayload: (entitySet: string, inner: string) =>
    new PlatformError(
      400,
      '0x80048d19',
      `Error identified in Payload provided by the user for Entity :'${entitySet}', For more information on this error please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : Microsoft.OData.ODataException: ${inner}`,
    ),
  unknownBodyProperty: (property: string, table: string) =>
    new PlatformError(
      400,
      '0x80048d19',
      `An error occurred while validating input parameters: Microsoft.Crm.CrmException: Invalid property '${property}' was found in entity 'Microsoft.Dynamics.CRM.${table}'.`,
    ),
  textTooLong: (column: string, table: string, maximum: number) =>
    new PlatformError(
      400,
      '0x80044331',
      `A validation error occurred.  The length of the '${column}' attribute of the '${table}' entity exceeded the maximum allowed length of '${maximum}'.`,
    ),
  integerOutOfRange: (column: string, table: string, value: string) =>
    new PlatformError(
      400,
      '0x8004432f',
      `A validation error occurred. The value ${value} of '${column}' on record of type '${table}' is outside the valid range.`,
    ),
  decimalOutOfRange: (column: string, table: string, value: string) =>
    new PlatformError(
      400,
      '0x80044330',
      `A validation error occurred. The value ${value} of '${column}' on record of type '${table}' is outside the valid range.`,
    ),
  optionOutOfRange: (column: string, table: string, value: string) =>
    new PlatformError(
      400,
      '0x8004431a',
      `A validation error occurred. The value ${value} of '${column}' on record of type '${table}' is outside the valid range. Accepted Values are those of the choice.`,
    ),
  requiredMissing: (column: string, table: string) =>
    new PlatformError(400, '0x80040200', `A required field of '${table}' is missing: ${column}`),
  dateTooEarly: (column: string) =>
    new PlatformError(
      400,
      '0x80040239',
      `DateTime is less than minimum value supported by CrmDateTime: ${column} must not be before 1753-01-01.`,
    ),
  statusNotOfState: (facts: { table: string; id: string; status: number; state: string }) =>
    new PlatformError(
      400,
      '0x80048408',
      `${facts.status} is not a valid status code for state code ${facts.table.charAt(0).toUpperCase()}${facts.table.slice(1)}State.${facts.state} on ${facts.table} with Id ${facts.id}.`,
    ),
  deleteBlocked: (table: string, by: string) =>
    new PlatformError(
      405,
      '0x80040227',
      `The ${table} record cannot be deleted because ${by} records refer to it. Delete these or change their reference first.`,
    ),
  invalidArgument: (message: string) => new PlatformError(400, '0x80040203', message),
  unknownUser: (clientId: string) =>
    new PlatformError(
      403,
      '0x80072560',
      `The user is not a member of the organization: no enabled application user has the client id ${clientId}.`,
    ),
  deltaExpired: () =>
    new PlatformError(400, '0x80044352', 'Version stamp associated with the client has expired. Please perform a full sync.'),
  duplicateTargets: (key: string) =>
    new PlatformError(400, '0x80040203', `Duplicate Ids are not allowed in the Target list of an UpsertMultipleRequest: ${key}.`),
  repeatedKeyColumn: (table: string, column: string) =>
    new PlatformError(
      400,
      '0x80040216',
      `The column '${column}' of ${table} is a key column of '@odata.id' and must not be among the values too.`,
    ),
  metadataNotFound: (property: string, value: string) =>
    new PlatformError(404, '0x80060888', `Could not find a metadata object with ${property} = '${value}'.`),
  notImplemented: (message: string) => new PlatformError(501, '0x80040216', message),
  unavailable: () =>
    new PlatformError(503, '0x80044150', 'The service is not available now: its database does not answer. Try again later.'),
  unexpected: () => new PlatformError(500, '0x80040216', 'An unexpected error occurred.'),
} as const
