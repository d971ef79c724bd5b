import { stringifyJson } from '@p2c/odata'
import type { Message, Row } from '../model/plugin.ts'
import type { Table } from '../model/resolved-model.ts'
import type { Invocation } from '../pipeline/invocation.ts'
import { STAGES, type Step, type StepImage } from './registration.ts'
import { entity, entityReference, offsetDateText, typedEntity, typedReference } from './typed-value.ts'

/** Facts that all bodies of one write share. */
export interface WriteFacts {
  readonly table: Table
  readonly message: Message
  readonly depth: number
  /** Of this write alone: the writes of one request share its correlation id only. */
  readonly requestId: string
  readonly now: Date
  readonly invocation: Invocation
  readonly userId: string
  /** The signed-in user, where it runs as another one; else the same. */
  readonly initiatingUserId: string
  readonly initiatingDirectoryId: string | null
  readonly businessUnitId: string
  readonly organizationId: string
  readonly organizationName: string
}

/** One row of the write, as a step meets it. */
export interface RowFacts {
  readonly id: string
  /** Columns of the Target: what was sent and what rules added to it. */
  readonly columns: readonly string[]
  /** Columns as the client sent them. */
  readonly sent: readonly string[]
  readonly values: Readonly<Row>
  readonly before?: Readonly<Row>
}

/** Of a person without one, and of an application. */
const NO_DIRECTORY_ID = '00000000-0000-0000-0000-000000000000'
/** A larger body goes without its large members. Source: wire specification 19. */
const MAX_BODY_BYTES = 256 * 1024
const LARGE_MEMBERS = ['ParentContext', 'InputParameters', 'PreEntityImages', 'PostEntityImages'] as const
/** Name of the image that an asynchronous step gets where none is registered. */
const DEFAULT_IMAGE = 'AsynchronousStepPrimaryName'

export interface Body {
  readonly text: string
  /** It was too large. */
  readonly isTrimmed: boolean
}

/** The body of one delivery: `RemoteExecutionContext` as the DataContract serializer writes it. Source: wire specification 19, G-DV-30. */
export function bodyOf(facts: WriteFacts, row: RowFacts, run: { readonly step: Step; readonly operationId: string }): Body {
  const context = executionContext(facts, row, run)
  const text = stringifyJson(context)
  // A character of UTF-16 has three bytes at most: nearly every body is known to be small without being counted.
  if (text.length * 3 <= MAX_BODY_BYTES || Buffer.byteLength(text) <= MAX_BODY_BYTES) return { text, isTrimmed: false }
  const trimmed = Object.fromEntries(Object.entries(context).filter(([name]) => !LARGE_MEMBERS.some((member) => member === name)))
  return { text: stringifyJson(trimmed), isTrimmed: true }
}

function executionContext(facts: WriteFacts, row: RowFacts, { step, operationId }: { readonly step: Step; readonly operationId: string }) {
  const { table, invocation } = facts
  const isStored = step.stage === STAGES.postOperation
  return {
    BusinessUnitId: facts.businessUnitId,
    CorrelationId: invocation.correlationId,
    Depth: facts.depth,
    InitiatingUserAzureActiveDirectoryObjectId: facts.initiatingDirectoryId ?? NO_DIRECTORY_ID,
    InitiatingUserId: facts.initiatingUserId,
    InputParameters: [{ key: 'Target', value: target(facts, row) }],
    IsExecutingOffline: false,
    IsInTransaction: !step.isAsync && step.stage !== STAGES.preValidation,
    IsOfflinePlayback: false,
    IsolationMode: 1,
    MessageName: step.messageName,
    Mode: step.isAsync ? 1 : 0,
    OperationCreatedOn: offsetDateText(facts.now),
    OperationId: operationId,
    OrganizationId: facts.organizationId,
    OrganizationName: facts.organizationName,
    OutputParameters: facts.message === 'create' && isStored ? [{ key: 'id', value: row.id }] : [],
    OwningExtension: entityReference('sdkmessageprocessingstep', step.id),
    ParentContext: null,
    PostEntityImages: isStored && facts.message !== 'delete' ? postImages(facts, row, step) : [],
    PreEntityImages: facts.message === 'create' ? [] : preImages(facts, row, step),
    PrimaryEntityId: row.id,
    PrimaryEntityName: table.logicalName,
    RequestId: facts.requestId,
    SecondaryEntityName: 'none',
    SharedVariables: invocation.tag === undefined ? [] : [{ key: 'tag', value: invocation.tag }],
    Stage: step.stage,
    UserId: step.impersonatingUserId ?? facts.userId,
  }
}

/** The record of a create or update, a reference of a delete. An update has what was changed, its time and its key, and nothing else. */
function target({ table, message }: WriteFacts, row: RowFacts): object {
  if (message === 'delete') return typedReference(table.logicalName, row.id)
  const columns = message === 'create' ? Object.keys(row.values) : [...row.columns, 'modifiedon']
  return typedEntity({ table, id: row.id, values: row.values, columns: columns.filter((name) => row.values[name] !== undefined) })
}

const imageColumns = ({ table }: WriteFacts, image: StepImage, values: Readonly<Row>): readonly string[] =>
  (image.columns.length > 0 ? image.columns : table.columns.map((column) => column.name)).filter(
    // An image shows values: empty columns are left out, and the version is no longer, or not yet, that of the row.
    (name) => values[name] !== null && values[name] !== undefined && name !== 'versionnumber',
  )

function preImages(facts: WriteFacts, row: RowFacts, step: Step): readonly object[] {
  const values = row.before ?? {}
  return step.images
    .filter((image) => image.isPre)
    .map((image) => namedImage(image.alias, { table: facts.table, id: row.id, values, columns: imageColumns(facts, image, values) }))
}

function postImages(facts: WriteFacts, row: RowFacts, step: Step): readonly object[] {
  const { table } = facts
  const values = { ...row.before, ...row.values }
  if (step.isAsync && step.images.length === 0) return nameImage(table, row, values)
  return step.images
    .filter((image) => image.isPost)
    .map((image) => namedImage(image.alias, { table, id: row.id, values, columns: imageColumns(facts, image, values) }))
}

/**
 * The name of the row for a receiver that has not been sent it: not where the client itself wrote the name (derived; both the product's example
 * and G-DV-30 are so).
 */
function nameImage(table: Table, row: RowFacts, values: Readonly<Row>): readonly object[] {
  const name = table.primaryName?.name
  if (name === undefined || row.sent.includes(name)) return []
  return [namedImage(DEFAULT_IMAGE, { table, id: row.id, values, columns: [name] })]
}

const namedImage = (key: string, facts: Parameters<typeof entity>[0]): object => ({ key, value: entity(facts) })
