/** Whom a point binds: this server, the client side of the integrator, or both. */
export type PointSide = 'server' | 'client' | 'both'

/** A point of the wire specification, section 22. */
export interface Point {
  readonly id: string
  readonly group: string
  readonly side: PointSide
  readonly rule: string
}

type Row = readonly [id: string, side: PointSide, rule: string]

const of = (group: string, rows: readonly Row[]): readonly Point[] => rows.map(([id, side, rule]) => ({ id, group, side, rule }))

/** Every conformance point of the Dataverse Web API, in the order of the specification. */
export const POINTS: readonly Point[] = [
  ...of('Connection and headers', [
    [
      'DV-001',
      'both',
      'Token request is form-encoded, `grant_type=client_credentials`, scope `{resource}/.default`; reply has `token_type`, `expires_in`, `access_token` (G-DV-01).',
    ],
    [
      'DV-002',
      'client',
      'Token is cached per tenant+client+resource and renewed before expiry (≥ 60 s margin); one renewal at a time; a 401 forces one renewal and one retry.',
    ],
    [
      'DV-003',
      'both',
      'Device-code flow: `authorization_pending` continues at `interval`; `authorization_declined`, `expired_token`, `bad_verification_code` end it.',
    ],
    [
      'DV-004',
      'server',
      'A missing, malformed or expired bearer token gives 401 with `WWW-Authenticate: Bearer` naming authority and resource.',
    ],
    ['DV-005', 'both', '`WhoAmI` and `WhoAmI()` return the three GUIDs with the typed context (G-DV-02).'],
    ['DV-006', 'both', '`OData-Version: 4.0` on requests and replies; JSON replies are `odata.metadata=minimal`.'],
    ['DV-007', 'server', 'The literal request header `If-None-Match: null` never produces 304 or 412.'],
    [
      'DV-008',
      'server',
      '`Prefer` is parsed from comma lists (blank after the comma optional, commas inside quotes kept) and repeated headers, names case-insensitive, quoted or bare values; unknown preferences are ignored.',
    ],
    [
      'DV-009',
      'server',
      '`Preference-Applied` echoes each honoured preference; the client checks it before relying on the effect (G-DV-04, 13, 18).',
    ],
    [
      'DV-010',
      'server',
      'Annotations are sent only when `odata.include-annotations` asks, filtered by the list, `*` and a prefix ending in `*` (G-DV-05, 14); exception DV-135.',
    ],
    [
      'DV-011',
      'both',
      'Entity set names come from metadata; wrong case or logical name in the path gives 404 with the `Resource not found for the segment` text (G-DV-36).',
    ],
    ['DV-012', 'server', 'Service document lists every entity set with `name`, `kind`, `url`.'],
  ]),
  ...of('Addressing and formats', [
    ['DV-013', 'both', 'GUID addressing `{set}({id})` and `{set}({pk}={id})`; the named form is refused for systemuser/team.'],
    ['DV-014', 'both', "Alternate-key addressing with one or several columns, any order, strings quoted with `''` (G-DV-08..10)."],
    ['DV-015', 'both', 'A lookup column in an alternate key is written `_x_value={guid}`.'],
    ['DV-016', 'server', 'An undefined key tuple gives 400 with the "key in the request URI is not valid" text.'],
    ['DV-017', 'client', 'Key values with characters unsafe in a path go through a parameter alias or `$filter`.'],
    ['DV-018', 'server', '`@odata.etag` is `W/"<integer>"`, new on every write of the row; keyed GET also sends it as `ETag`.'],
    ['DV-019', 'client', 'ETags, skip tokens and delta tokens are stored and replayed byte for byte, never parsed.'],
    ['DV-020', 'server', 'The primary key is in every record even if not selected (G-DV-04).'],
    ['DV-021', 'server', 'Selecting a money column adds `_transactioncurrencyid_value` (G-DV-05).'],
    ['DV-022', 'server', 'OData bodies carry explicit `null` for empty selected columns; FetchXML bodies omit them.'],
    ['DV-023', 'both', 'UserLocal dates are UTC with `Z` on output; offsets are accepted on input and converted.'],
    ['DV-024', 'both', 'DateOnly columns are `YYYY-MM-DD` both ways; TimeZoneIndependent values are never shifted.'],
    ['DV-025', 'server', 'Dates before 1753-01-01 are refused with 400.'],
    ['DV-026', 'both', 'Choice, state and status columns are integers; labels appear only as FormattedValue.'],
    ['DV-027', 'server', '`_base` = amount / `exchangerate`; `_base` and `exchangerate` are not writable.'],
    ['DV-028', 'server', 'Money rounding follows `PrecisionSource` 0/1/2.'],
    [
      'DV-029',
      'client',
      'Money and decimals are held as decimal text or scaled integers in the client, never as binary floating point in arithmetic.',
    ],
    [
      'DV-030',
      'server',
      'Out-of-range choice `0x8004431a`, number `0x8004432f/0x80044330`, string length `0x80044331` all give 400 with the row unchanged.',
    ],
  ]),
  ...of('Create, read, update, delete', [
    ['DV-031', 'server', 'POST → 204 + `OData-EntityId`, empty body (G-DV-03).'],
    ['DV-032', 'server', 'POST with `return=representation` → 201, body, `ETag`, shaped by `$select`/`$expand` (G-DV-04).'],
    ['DV-033', 'client', 'On 201 the id is read from the body; on 204 from `OData-EntityId`.'],
    ['DV-034', 'server', 'Deep insert is one transaction; a failing child leaves nothing (G-DV-11).'],
    ['DV-035', 'server', 'A supplied primary key is honoured; a duplicate one gives 412 `0x80040237`, row unchanged (G-DV-34).'],
    ['DV-036', 'server', 'Unknown property in a body gives 400 and names the property (G-DV-37; code derived).'],
    ['DV-037', 'server', 'Missing record → 404 `<table> With Id = <guid> Does Not Exist` (G-DV-06).'],
    ['DV-038', 'server', 'Property GET returns context+`value`; `PUT` property 204 and `DELETE` property 204/null (G-DV-27).'],
    ['DV-039', 'server', 'PATCH changes only the sent columns, 204; with representation 200 or 201; `$expand` ignored.'],
    ['DV-040', 'server', 'PATCH without condition on a missing row creates it (upsert), by id and by alternate key (G-DV-09).'],
    ['DV-041', 'both', '`If-Match: *` prevents creation: 404 when missing (client default for plain updates) (G-DV-12).'],
    ['DV-042', 'both', '`If-None-Match: *` prevents update: 412 when present (G-DV-08).'],
    ['DV-043', 'both', 'Stale `If-Match` ETag → 412 on PATCH and DELETE, row unchanged (G-DV-07).'],
    [
      'DV-044',
      'client',
      'A 412 on an ETag triggers re-read, re-evaluation of conflict rules, and a bounded retry, never a blind overwrite.',
    ],
    ['DV-045', 'server', 'Upsert by key: body key columns discarded on update; URL key values filled in on create (G-DV-09, 10).'],
    [
      'DV-046',
      'server',
      'With an alternate-key URL, `OData-EntityId` echoes that URL form; clients must not expect a GUID there (G-DV-10).',
    ],
    ['DV-047', 'server', 'DELETE → 204, second DELETE → 404 (G-DV-29); PATCH/DELETE of a set → 405.'],
    [
      'DV-048',
      'server',
      'Conditional GET gives 304 only without `$expand` and without include-annotations, on tables with optimistic concurrency.',
    ],
    ['DV-049', 'server', 'Alternate-key violation on create or update → 412 `0x80060892` with the key name in the message (G-DV-35).'],
    ['DV-050', 'server', 'Duplicate detection runs only with `MSCRM.SuppressDuplicateDetection: false`; a hit is 412 `0x80040333`.'],
  ]),
  ...of('Lookups', [
    ['DV-051', 'both', 'Lookups are written by `{nav}@odata.bind` and read by `_{x}_value` (G-DV-05, 11).'],
    ['DV-052', 'both', '`@odata.bind` accepts relative, slash-relative, absolute and alternate-key references; a dangling one gives 404.'],
    ['DV-053', 'both', '`customerid_account`/`customerid_contact` write one `_customerid_value`; setting one clears the other.'],
    [
      'DV-054',
      'server',
      '`lookuplogicalname` and `associatednavigationproperty` annotate `_x_value`; `ownerid` reports systemuser or team.',
    ],
    ['DV-055', 'both', '`nav@odata.bind: null` or `nav: null` clears the lookup (G-DV-12).'],
    ['DV-056', 'server', 'Unknown or wrongly cased bind name → 400 `0x80048d19` (G-DV-26).'],
    ['DV-057', 'both', '`$ref` POST/PUT/DELETE on navigation give 204; `?$id=` form is accepted.'],
    ['DV-058', 'client', 'Navigation names are taken from metadata (case-sensitive), not derived from the column name.'],
  ]),
  ...of('Queries', [
    ['DV-059', 'server', '`$filter` set of 11.2: six comparisons, and/or/not, parentheses, contains/startswith/endswith, null tests.'],
    [
      'DV-060',
      'server',
      "String comparison is case-insensitive; `''` escapes a quote; `%`, `_`, `[ ]` act as wildcards in string functions.",
    ],
    ['DV-061', 'server', 'N:1 path filters and `any`/`all` lambdas work (one nesting level minimum).'],
    [
      'DV-062',
      'server',
      'The query functions listed in 11.2 work with `PropertyName` and `PropertyValue(s)`, values inline or by alias; negating one with `not` → 400.',
    ],
    ['DV-063', 'server', 'Operators and functions outside 11.2 are refused with 400 rather than silently ignored.'],
    ['DV-064', 'server', 'Unknown column in `$select/$filter/$orderby` → 400 `0x80060888` naming column and type (G-DV-17).'],
    ['DV-065', 'client', 'The client never sends `$skip`; the server refuses it with 400.'],
    ['DV-066', 'server', '`$top` with maxpagesize: `$top` ignored.'],
    ['DV-067', 'server', 'Pages ≤ 5000; `odata.maxpagesize` honoured; `@odata.nextLink` absent on the last page (G-DV-13).'],
    ['DV-068', 'client', 'nextLink is followed unmodified with the same `Prefer` until absent.'],
    [
      'DV-069',
      'server',
      'Paging is stable: primary key is the final sort key; rows inserted behind the cursor do not repeat or skip existing rows.',
    ],
    ['DV-070', 'server', '`$count=true` gives `@odata.count` capped at 5000 and the two count annotations on request (G-DV-14).'],
    ['DV-071', 'both', '`/$count` is text/plain; the client strips a leading byte-order mark.'],
    ['DV-072', 'server', '`$expand` options separated by `;`, ≤ 15 expands; collection expand carries `nav@odata.nextLink` (G-DV-15).'],
    ['DV-073', 'server', '`$top`/`$orderby` inside a nested or single-valued expand → 400 `0x80060888`.'],
    ['DV-074', 'server', '`$apply` groupby/aggregate/filter as in 11.5; null groups omit the member (G-DV-16).'],
    ['DV-075', 'server', 'More than 50,000 source rows under `$apply` → 400.'],
    [
      'DV-076',
      'server',
      'FetchXML subset of 11.6; paging by annotation cookie and `morerecords`, both absent on the last page; nulls omitted (G-DV-31, 31b).',
    ],
    ['DV-077', 'client', 'FetchXML paging cookie is decoded twice and XML-escaped before reuse.'],
  ]),
  ...of('Change tracking', [
    ['DV-078', 'server', '`odata.track-changes` yields a deltaLink on the last page of the full read (G-DV-18).'],
    ['DV-079', 'server', 'A delta lists new/changed rows, then `$deletedEntity` markers with `id` and `reason` (G-DV-19).'],
    ['DV-080', 'client', 'Deletes of unknown ids are ignored without error.'],
    ['DV-081', 'server', '`$filter/$orderby/$expand/$top` with change tracking → 400 with the fixed text.'],
    ['DV-082', 'both', 'Expired token → `0x80044352`; the client does a full resynchronisation and re-baselines (G-DV-20).'],
    ['DV-083', 'server', 'Token retention is configurable, default 7 days; tests can force expiry.'],
    [
      'DV-084',
      'client',
      'A deltaLink is persisted only after all its rows have been applied (at-least-once processing, idempotent handlers).',
    ],
    ['DV-085', 'server', 'Tables without change tracking refuse the preference (no `Preference-Applied`, no deltaLink, or 400).'],
  ]),
  ...of('Batch and bulk', [
    ['DV-086', 'both', '`$batch` is multipart/mixed with CRLF; ≤ 1000 operations; more → 400.'],
    ['DV-087', 'server', 'Change sets are atomic; GET inside one → 400.'],
    [
      'DV-088',
      'server',
      '`$n` Content-ID references to earlier parts of the same change set resolve in URLs and in bodies; unknown or forward → 400 with the fixed text (G-DV-21).',
    ],
    ['DV-089', 'server', 'Response parts keep request order; change-set parts repeat Content-ID; 204 parts carry `OData-EntityId`.'],
    ['DV-090', 'server', 'Without continue-on-error the first failure ends processing; with it all parts run and the outer status is 200.'],
    ['DV-091', 'client', "The client reads each part's own status; an outer 200 is not success; a failed change set may be a single part."],
    ['DV-092', 'client', 'Inner bodies are sent with `Content-Length` and unique `Content-ID` inside change sets.'],
    ['DV-093', 'server', 'CreateMultiple → 200 + `Ids` in order; UpdateMultiple and UpsertMultiple → 204 (G-DV-22, 33).'],
    ['DV-094', 'server', 'The three are all-or-nothing on standard tables; each Target needs `@odata.type`.'],
    ['DV-095', 'server', 'DeleteMultiple on a standard table fails with the "not yet been implemented" message.'],
    ['DV-096', 'client', 'Bulk size is a setting (100–1000) and falls back to `$batch` where the message is not available for a table.'],
  ]),
  ...of('Sales actions', [
    ['DV-097', 'both', 'Unbound actions use the bare name; bound ones need the `Microsoft.Dynamics.CRM.` prefix, else 400.'],
    ['DV-098', 'both', '`FulfillSalesOrder` is bound to the `salesorders` collection (G-DV-23c); the server accepts the bare name too.'],
    ['DV-099', 'both', '`LockSalesOrderPricing` is bound to an order, `UnlockSalesOrderPricing` unbound with `SalesOrderId`.'],
    [
      'DV-100',
      'server',
      'Close actions return 204; conversion, revision and generation actions return 200 with the new record limited to `ColumnSet`.',
    ],
    ['DV-101', 'server', 'A `crmbaseentity` parameter without `@odata.type` → 400; `CancelSalesOrder.OrderClose` is such a parameter.'],
    ['DV-102', 'server', 'Default state/status pairs of 15.1 hold; a foreign statuscode → 400 `0x80048408`.'],
    ['DV-103', 'server', '`WinQuote`/`ConvertQuoteToSalesOrder` on a Draft quote → 400; after success the quote is Won and read-only.'],
    [
      'DV-104',
      'server',
      '`ConvertQuoteToSalesOrder` copies customer, currency, price list, addresses, lines, `opportunityid`, and links `quoteid` (G-DV-23b).',
    ],
    [
      'DV-105',
      'server',
      '`ReviseQuote` on a Closed quote returns a Draft with same `quotenumber`, next `revisionnumber` and the lines copied; Draft and Won sources, or another open quote of that number, → 400; an Active source is closed as Revised (7) first (switchable).',
    ],
    [
      'DV-106',
      'server',
      '`QualifyLead` sets the lead to Qualified, creates the requested records and returns them (G-DV-24; shape derived).',
    ],
    ['DV-107', 'server', '`WinOpportunity`/`LoseOpportunity` create the close activity and set Won/Lost.'],
    [
      'DV-108',
      'server',
      'Header totals equal the sum of line extended amounts − discounts + tax + freight, recomputed on each line write; a price lock freezes catalogue prices, not totals.',
    ],
  ]),
  ...of('Errors and throttling', [
    [
      'DV-109',
      'server',
      'Every failure body is `{"error":{"code","message"}}`; code is a hex string or empty; `error` annotations only on request.',
    ],
    ['DV-110', 'client', 'The client branches on status, then code, never on message text.'],
    ['DV-111', 'server', '429 carries `Retry-After` in whole seconds and one of the three service-protection codes (G-DV-25).'],
    ['DV-112', 'client', 'The client waits `Retry-After` (else exponential), keeps a bounded retry budget and reports the pause.'],
    ['DV-113', 'server', 'Limits are per user: 6000/300 s, 1200 s execution, 52 concurrent; all three settable in tests.'],
    ['DV-114', 'client', '`x-ms-ratelimit-*` headers are logged, never used to pace calls.'],
    [
      'DV-115',
      'server',
      'A bulk action and a `$batch` each count one request for the number limit and their full time for the execution-time limit (batch counting switchable).',
    ],
  ]),
  ...of('Metadata, webhooks, impersonation', [
    [
      'DV-116',
      'server',
      '`$metadata` is valid CSDL 4.0 for the served tables: keys, navigation with partners, actions, functions, container.',
    ],
    [
      'DV-117',
      'server',
      '`EntityDefinitions` answers unpaged, keyed by LogicalName or MetadataId, with Attributes casts and Keys (G-DV-28).',
    ],
    [
      'DV-118',
      'client',
      'The client reads precision, date behaviour, lookup targets and option values from metadata at start-up and fails loudly when a mapped column is absent.',
    ],
    ['DV-119', 'server', 'Webhook POST carries the four `x-ms-dynamics-*`/correlation headers and the context body (G-DV-30).'],
    ['DV-120', 'server', 'Update `Target` has changed columns plus the key; typed values carry `__type`; dates are `/Date(ms)/`.'],
    [
      'DV-121',
      'server',
      'Bodies above 256 KB drop the four members and set `x-ms-dynamics-msg-size-exceeded`; the receiver re-reads the row.',
    ],
    ['DV-122', 'server', '60 s timeout; only 502/503/504 retried, once; a failed sync step aborts the write.'],
    [
      'DV-123',
      'client',
      'The receiver answers 2xx after durable enqueueing only, deduplicates, tolerates reordering, and verifies the configured secret in constant time.',
    ],
    ['DV-124', 'both', '`CallerObjectId`/`MSCRMCallerID` run as the named user; `createdonbehalfby`/`modifiedonbehalfby` keep the caller.'],
    ['DV-125', 'both', 'Bypass headers need their privilege; without it the write is refused.'],
    [
      'DV-126',
      'client',
      "The integration's own writes are recognisable in webhooks (application user id or `tag` shared variable) so that echoes are dropped.",
    ],
  ]),
  ...of('Additions', [
    [
      'DV-127',
      'server',
      'An unknown function or action → 404 `0x80060888`; a function called by POST or an action called by GET → 404 (text of 2.2); functions without parameters answer with and without `()`.',
    ],
    [
      'DV-128',
      'server',
      'Function parameters and query values arrive inline or as aliases; JSON arrays and objects with double- or single-quoted strings; aliases for columns in `$filter` and `$orderby`; a missing alias → 400 (G-DV-32).',
    ],
    [
      'DV-129',
      'server',
      "`+` in a query string is a blank, `%2B` a plus; percent-encoding with upper or lower case hex, of `'`, `(`, `)`, `,` and `$` or not, makes no difference.",
    ],
    [
      'DV-130',
      'server',
      '`$batch` reading is lenient: quoted or bare boundary, no blank after `;`, preamble and epilogue, LF line ends, header names in any case, absolute or relative part URLs, Content-ID in the part or in the embedded request.',
    ],
    [
      'DV-131',
      'server',
      '`$batch` writing is strict: delimiter first, one header on the nested part, status line with reason phrase, `Name: value` headers, one-line JSON, no body on 204, CRLF throughout (G-DV-21).',
    ],
    ['DV-132', 'server', 'The same record twice: UpdateMultiple applies the first only; UpsertMultiple fails and writes nothing.'],
    [
      'DV-133',
      'client',
      'The client never puts one key twice into an UpsertMultiple (it merges or splits), and never repeats the columns of an `@odata.id` key in the values of that Target (field report).',
    ],
    [
      'DV-134',
      'server',
      'A delta without changes has an empty `value` and a new deltaLink; a row born and gone between two polls appears at most as a deleted marker.',
    ],
    [
      'DV-135',
      'server',
      'A FetchXML page that is not the last carries both paging annotations even without the preference; `page` without `paging-cookie` works.',
    ],
    ['DV-136', 'server', '`?savedQuery=` and `?userQuery=` run stored FetchXML of the same table; a query of another table → 400.'],
    ['DV-137', 'server', 'Collection navigation paths take the options of a set, `$apply` and `/$count` included.'],
    ['DV-138', 'server', '`RetrieveTotalRecordCount` answers parallel `Keys` and `Values` in the order asked (G-DV-32).'],
    ['DV-139', 'server', 'Writes to a document outside its editable state → 400 `0x8004022e`, row unchanged.'],
    ['DV-140', 'server', '`@odata.context` of an OData query names the selected columns only, in the order asked (G-DV-04, 05).'],
    [
      'DV-141',
      'server',
      'A value of the wrong type in a body → 400 and nothing stored; on a money or decimal column a numeric string is a wrong type too.',
    ],
    [
      'DV-142',
      'server',
      'A cast attribute collection with `$expand=OptionSet` lists options with `Value` and localized `Label`; status options name their `State`.',
    ],
    [
      'DV-143',
      'server',
      'A bind or `$ref` to a missing record → 404 `0x80040217` and no write; a doubled slash in a reference URL is harmless.',
    ],
    [
      'DV-144',
      'server',
      'UpdateMultiple with one missing row → 404, no row changed; a change set with one failing part likewise leaves nothing.',
    ],
  ]),
]

/** Points of the client side that no part of this product has a place for, with the reason. */
export const POINTS_WITHOUT_A_PLACE: ReadonlyMap<string, string> = new Map([
  ['DV-044', 'the connector sends no ETags: it compares what is stored with what it would write, and updates with `If-Match: *`'],
  ['DV-123', 'the integrator receives no webhooks: it reads changes by delta links'],
])
