import { AppError } from '@p2c/base'

/** Refusals of the data package API. All of them are 400 on the wire except `package-blob-refused` (403) and `package-blob-missing` (404). */
export const PACKAGE_ERRORS = [
  'package-parameter-missing',
  'package-parameter-invalid',
  'package-project-unknown',
  'package-project-exists',
  'package-entity-unknown',
  'package-execution-unknown',
  'package-execution-exists',
  'package-export-not-ready',
  'package-company-unknown',
  'package-malformed',
  'package-too-large',
  'package-blob-refused',
  'package-blob-missing',
] as const
export type PackageErrorCode = (typeof PACKAGE_ERRORS)[number]

export const packageError = (code: PackageErrorCode, message: string, cause?: unknown): AppError =>
  new AppError({ category: 'data', code, message, ...(cause !== undefined && { cause }) })
