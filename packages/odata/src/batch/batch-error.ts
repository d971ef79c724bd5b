import { AppError } from '@p2c/base'

/** Codes of a batch that is refused as a whole; HTTP status 400 except `batch-media-type` (415) and `batch-too-large` (413). */
export const BATCH_ERRORS = [
  'batch-malformed',
  'batch-media-type',
  'batch-too-large',
  'batch-too-many',
  'batch-nested',
  'batch-get-in-changeset',
  'batch-content-id-missing',
  'batch-content-id-duplicate',
  'batch-content-id-unknown',
] as const
export type BatchErrorCode = (typeof BATCH_ERRORS)[number]

/** `position` counts UTF-16 units from the start of the body. */
export const batchError = (code: BatchErrorCode, message: string, position?: number): AppError =>
  new AppError({ category: 'data', code, message, ...(position !== undefined && { details: { position } }) })
