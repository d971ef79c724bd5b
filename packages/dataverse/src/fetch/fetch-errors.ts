import { PlatformError } from '../errors/platform-error.ts'

const bad = (code: string, message: string): PlatformError => new PlatformError(400, code, message)

/** Refusals of a FetchXML query, all 400. Codes: the platform's public list of error codes; wire specification 11.6 and 16. */
export const fetchErrors = {
  malformedXml: (reason: string) => bad('0x80040203', `Invalid XML: ${reason}`),
  invalidNode: (name: string, parent: string) =>
    bad('0x8004111c', `The element node encountered is invalid: '${name}' inside '${parent}'.`),
  missingElement: (message: string) => bad('0x80041123', `A required element was not specified: ${message}`),
  missingAttribute: (name: string, element: string) =>
    bad('0x8004111e', `A required attribute was not specified: '${name}' of '${element}'.`),
  notBoolean: (name: string, value: string) =>
    bad('0x80041139', `The only valid values for ${name} attribute are 'true', 'false', '1', and '0'; found '${value}'.`),
  notAboveZero: (name: string, value: string) => bad('0x8004110c', `A value greater than zero must be specified: '${name}' is '${value}'.`),
  topWithPage: () => bad('0x80040203', "The 'top' attribute cannot be specified together with 'page'."),
  tooManyRowsAsked: (limit: number) => bad('0x80040203', `The 'top' attribute must not be above ${limit}.`),
  tooMuch: (what: string, limit: number) => bad('0x80040203', `The query has more than ${limit} ${what}.`),
  unknownEntity: (name: string) =>
    bad('0x80041102', `The entity with a name = '${name}' with namemapping = 'Logical' was not found in the MetadataCache.`),
  unknownAttribute: (table: string, name: string) =>
    bad('0x80041103', `'${table}' entity doesn't contain attribute with Name = '${name}' and NameMapping = 'Logical'.`),
  wrongEntity: (found: string, expected: string) =>
    bad(
      '0x80041128',
      `The entity name specified in fetchxml does not match the entity name specified in the Entity or Query Expression: '${found}' instead of '${expected}'.`,
    ),
  invalidAlias: (alias: string) =>
    bad(
      '0x80041109',
      `Invalid character specified for alias: ${alias}. Only characters within the ranges [A-Z], [a-z] or [0-9] or _ are allowed. The first character may only be in the ranges [A-Z], [a-z] or _.`,
    ),
  duplicateAlias: (alias: string) => bad('0x80041130', `FetchXML should have unique aliases: '${alias}' is given twice.`),
  unknownAlias: (alias: string) =>
    bad('0x8004110a', `The specified alias for the given entity in the condition does not exist: '${alias}'.`),
  invalidLinkType: (type: string, place: string) => bad('0x80041117', `The link-type '${type}' is not valid ${place}.`),
  linkPair: (table: string) =>
    bad('0x80041111', `The link to '${table}' needs both 'from' and 'to': there is not exactly one relationship that it could follow.`),
  linkTypes: (from: string, to: string) => bad('0x80040203', `The columns '${from}' and '${to}' of a link have types that do not compare.`),
  invalidFilterType: (type: string) => bad('0x80041122', `Unsupported filter type '${type}'. Valid values are 'and', or 'or'.`),
  invalidOperator: (operator: string) => bad('0x80041120', `Unsupported condition operator '${operator}'.`),
  badCondition: (message: string) => bad('0x80041106', `Incorrect filter condition or conditions: ${message}`),
  aggregateNotAsked: (attribute: string) =>
    bad('0x8004111a', `The attribute '${attribute}' has 'aggregate' or 'groupby', which need aggregate='true' on the fetch element.`),
  plainWithAggregate: (attribute: string) =>
    bad(
      '0x80041107',
      `Attributes can not be returned when aggregate operation is specified: '${attribute}' has no 'aggregate' or 'groupby'.`,
    ),
  groupedAndAggregated: (attribute: string) =>
    bad('0x80041137', `An attribute can either be an aggregate or a Group By but not both: '${attribute}'.`),
  aggregateNeedsAlias: (attribute: string) => bad('0x80041109', `Invalid alias for aggregate operation: '${attribute}' needs an alias.`),
  invalidAggregate: (aggregate: string, type: string) =>
    bad('0x8004112f', `Aggregate ${aggregate} is not supported for attribute of type ${type}.`),
  invalidDateGrouping: (message: string) => bad('0x80041135', `An invalid value was specified for dategrouping: ${message}`),
  aliasForPlainOrder: () =>
    bad('0x80041132', 'An alias cannot be specified for an order clause for a non-aggregate Query. Use an attribute.'),
  attributeForAggregateOrder: () =>
    bad('0x80041131', 'An attribute cannot be specified for an order clause for an aggregate Query. Use an alias.'),
  orderNeedsAlias: () => bad('0x80041134', 'An alias is required for an order clause for an aggregate Query.'),
  orderNeedsAttribute: () => bad('0x80041133', 'An attribute is required for an order clause for a non-aggregate Query.'),
  tooManySourceRows: (limit: number) =>
    bad('0x8004e023', `The maximum record limit of ${limit} is exceeded. Reduce the number of records.`),
  malformedCookie: () => bad('0x8004112a', 'Malformed XML in the Paging Cookie'),
  foreignCookie: () => bad('0x80041129', 'Order by columns do not match those in paging cookie.'),
  cookieRequired: () => bad('0x80040203', 'Paging cookie is required when trying to retrieve a set of records on any high pages.'),
} as const
