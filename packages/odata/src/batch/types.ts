/** Header names in lower case. */
export type HeaderMap = ReadonlyMap<string, string>

/** One request inside a batch. */
export interface BatchOperation {
  /** Upper case: GET, POST, PATCH, PUT, DELETE. */
  readonly method: string
  /** As sent: absolute, host-relative or relative to the service root, or starting with a `$1` reference. */
  readonly url: string
  readonly headers: HeaderMap
  /** Absent when blank. */
  readonly body?: string
  readonly contentId?: string
}

export type BatchPart =
  | { readonly kind: 'operation'; readonly operation: BatchOperation }
  /** All of them commit, or none. */
  | { readonly kind: 'changeset'; readonly operations: readonly BatchOperation[] }

export interface BatchRequest {
  readonly parts: readonly BatchPart[]
  /** Operations in all parts together. */
  readonly operationCount: number
}

export interface BatchLimits {
  /** Dataverse 1,000 (DV-086), F&O 5,000 (FO-071). */
  readonly maxOperations: number
  /** Whole body in bytes; default 64 MiB. */
  readonly maxBodyBytes?: number
  /** A write inside a change set without Content-ID is refused (Dataverse; default) or read (`false`). */
  readonly requireContentId?: boolean
}

/** The answer to one operation. */
export interface BatchAnswer {
  readonly status: number
  /** Written in this order, names as given. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
  /** Repeated inside a change set. */
  readonly contentId?: string
}

export type BatchAnswerPart =
  | { readonly kind: 'operation'; readonly answer: BatchAnswer }
  /** One answer per operation, or the single answer of a failed change set. */
  | { readonly kind: 'changeset'; readonly answers: readonly BatchAnswer[] }

/** A message ready to send. */
export interface MultipartMessage {
  readonly contentType: string
  readonly body: string
}

/** What a client wants to send as one operation. */
export interface OutgoingOperation {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON text; `Content-Type: application/json` is added unless the headers name another. */
  readonly body?: string
  /** Inside change sets one is made when absent. */
  readonly contentId?: string
}

export type OutgoingPart =
  | { readonly kind: 'operation'; readonly operation: OutgoingOperation }
  | { readonly kind: 'changeset'; readonly operations: readonly OutgoingOperation[] }

/** The answer to one operation as a client read it. */
export interface BatchResult {
  readonly status: number
  readonly headers: HeaderMap
  /** Absent when blank. */
  readonly body?: string
  readonly contentId?: string
}

export type BatchResultPart =
  | { readonly kind: 'operation'; readonly result: BatchResult }
  | { readonly kind: 'changeset'; readonly results: readonly BatchResult[] }
