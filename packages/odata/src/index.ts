export {
  AGGREGATE_METHODS,
  type Aggregate,
  type AggregateMethod,
  type ApplyStep,
  BINARY_OPERATORS,
  type BinaryOperator,
  type ExpandItem,
  type Expression,
  type JsonValue,
  type KeyPart,
  LITERAL_TYPES,
  type Literal,
  type LiteralType,
  type ODataRequest,
  type OrderItem,
  type PathSegment,
  type PropertyPath,
  type QueryOptions,
  type SelectItem,
  type Span,
} from './ast.ts'
export { BATCH_ERRORS, type BatchErrorCode } from './batch/batch-error.ts'
export { parseBatch } from './batch/parse-batch.ts'
export { readBatchResponse } from './batch/read-response.ts'
export { belowServiceRoot, type ContentIds, resolveBodyReferences, resolveUrlReference } from './batch/references.ts'
export type {
  BatchAnswer,
  BatchAnswerPart,
  BatchLimits,
  BatchOperation,
  BatchPart,
  BatchRequest,
  BatchResult,
  BatchResultPart,
  HeaderMap,
  MultipartMessage,
  OutgoingOperation,
  OutgoingPart,
} from './batch/types.ts'
export { writeBatchRequest, writeBatchResponse } from './batch/write-batch.ts'
export type * from './csdl/model.ts'
export { readCsdl } from './csdl/read-csdl.ts'
export { writeCsdl } from './csdl/write-csdl.ts'
export { childOf, childrenOf, escapeXml, type ReadXmlOptions, readXml, type XmlElement } from './csdl/xml.ts'
export {
  ANNOTATIONS,
  type AnnotationName,
  CONTROL,
  type ContextExpand,
  type ContextUrlOptions,
  contextUrl,
  metadataUrl,
  splitAnnotation,
  typeContextUrl,
} from './payload/annotations.ts'
export {
  type EtagCondition,
  formatDataverseEtag,
  formatFinopsEtag,
  matchesEtag,
  parseDataverseEtag,
  parseFinopsEtag,
  parseIfMatch,
  type RecordVersion,
} from './payload/etag.ts'
export { isRawNumber, numberText, type ParseJsonOptions, parseJson, type RawNumber, rawNumber, stringifyJson } from './payload/json.ts'
export {
  type AnnotationMatcher,
  annotationWanted,
  formatPreferenceApplied,
  honouredPreferences,
  type Preference,
  type Preferences,
  parsePrefer,
} from './payload/prefer.ts'
export { decodeUtf8 } from './payload/utf8.ts'
export type { ODataProfile } from './profile.ts'
export { type AppliedColumn, type AppliedQuery, type ApplyOptions, applyToSql } from './sql/apply-to-sql.ts'
export { filterToSql } from './sql/filter-to-sql.ts'
export { type ColumnOf, literalOfText, type NamedCall, namedCallToSql } from './sql/named-call.ts'
export { keysetAfter, type OrderColumn, orderByToSql, orderColumns, orderTerms } from './sql/order-to-sql.ts'
export { unknownProperty } from './sql/sql-environment.ts'
export { literalToSql, SQL_CASTS } from './sql/sql-literal.ts'
export { type PatternPlace, type PatternRequest, patternToSql } from './sql/sql-pattern.ts'
export {
  type QueryFunctionContext,
  type SqlBehindLookup,
  type SqlCollection,
  type SqlColumn,
  type SqlHierarchy,
  type SqlOptions,
  SqlParameters,
  type SqlScope,
  type SqlType,
} from './sql/sql-scope.ts'
export { encodeKeyValue, encodeOption, formatFilter, formatLiteral, formatText, keyNeedsAlias } from './url/format.ts'
export { isLiteral } from './url/literals.ts'
export { ODATA_ERROR_CODES, type ODataErrorCode } from './url/odata-error.ts'
export { type ParseRequestOptions, parseRequest } from './url/parse-request.ts'
export { parseApply, parseExpand, parseFilter, parseOrderBy, parseSelect } from './url/parse-text.ts'
export { dataverseProfile, finOpsProfile, permissiveFinOpsProfile } from './url/profiles.ts'
export { QUERY_FUNCTIONS } from './url/query-functions.ts'
