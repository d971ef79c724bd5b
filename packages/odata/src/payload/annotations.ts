/** Annotation names of the Dataverse Web API, without the leading `@`. Source: Dataverse Web API 3.4. */
export const ANNOTATIONS = {
  formattedValue: 'OData.Community.Display.V1.FormattedValue',
  lookupLogicalName: 'Microsoft.Dynamics.CRM.lookuplogicalname',
  associatedNavigationProperty: 'Microsoft.Dynamics.CRM.associatednavigationproperty',
  totalRecordCount: 'Microsoft.Dynamics.CRM.totalrecordcount',
  totalRecordCountLimitExceeded: 'Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded',
  fetchXmlPagingCookie: 'Microsoft.Dynamics.CRM.fetchxmlpagingcookie',
  moreRecords: 'Microsoft.Dynamics.CRM.morerecords',
  globalMetadataVersion: 'Microsoft.Dynamics.CRM.globalmetadataversion',
  operationStatus: 'Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus',
  subErrorCode: 'Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode',
  helpLink: 'Microsoft.PowerApps.CDS.HelpLink',
  traceText: 'Microsoft.PowerApps.CDS.TraceText',
  innerErrorMessage: 'Microsoft.PowerApps.CDS.InnerError.Message',
} as const
export type AnnotationName = (typeof ANNOTATIONS)[keyof typeof ANNOTATIONS]

/** Control information of OData JSON, format 4.0. */
export const CONTROL = {
  context: '@odata.context',
  etag: '@odata.etag',
  id: '@odata.id',
  type: '@odata.type',
  count: '@odata.count',
  nextLink: '@odata.nextLink',
  deltaLink: '@odata.deltaLink',
  bind: '@odata.bind',
} as const

/** Property and annotation of a member such as `customerid_account@odata.bind`; undefined for a plain member. */
export function splitAnnotation(member: string): { readonly property: string; readonly annotation: string } | undefined {
  const at = member.indexOf('@')
  return at < 0 ? undefined : { property: member.slice(0, at), annotation: member.slice(at + 1) }
}

/** What an expanded navigation property contributes to a context URL: its name and, nested, what was selected of it. */
export interface ContextExpand {
  readonly navigation: string
  readonly select?: readonly string[]
  readonly expand?: readonly ContextExpand[]
}

export interface ContextUrlOptions {
  readonly select?: readonly string[]
  readonly expand?: readonly ContextExpand[]
  /** `entity`: one row; `delta`: changes; `deletedEntity`: a marker among changes. */
  readonly kind?: 'entity' | 'delta' | 'deletedEntity'
}

const SUFFIX = { entity: '/$entity', delta: '/$delta', deletedEntity: '/$deletedEntity' } as const

/**
 * `{root}$metadata#accounts(name,primarycontactid(fullname))/$entity`. `root` with or without its last slash. Only what the caller
 * selected belongs into the lists, not what the server adds (Dataverse Web API 6).
 */
export function contextUrl(root: string, set: string, options: ContextUrlOptions = {}): string {
  const list = contextList(options.select, options.expand)
  return `${metadataUrl(root)}#${set}${list === '' ? '' : `(${list})`}${options.kind === undefined ? '' : SUFFIX[options.kind]}`
}

/** `{root}$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`, `…#Edm.String`, `…#accounts(id)/name`: a type or path, unchanged. */
export const typeContextUrl = (root: string, typeOrPath: string): string => `${metadataUrl(root)}#${typeOrPath}`

/** `{root}$metadata`, the context of a service document. */
export const metadataUrl = (root: string): string => `${root.endsWith('/') ? root : `${root}/`}$metadata`

const contextList = (select: readonly string[] = [], expand: readonly ContextExpand[] = []): string =>
  [...select, ...expand.map((item) => `${item.navigation}(${contextList(item.select, item.expand)})`)].join(',')
