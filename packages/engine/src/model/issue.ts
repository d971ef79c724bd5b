export const SEVERITIES = ['error', 'warning'] as const
export type Severity = (typeof SEVERITIES)[number]

/** One finding of validation. `code` is a DIPV code where one exists (integration specification 13), else kebab-case of our own. */
export interface Issue {
  readonly code: string
  readonly severity: Severity
  /** JSON pointer (RFC 6901) into the project document. */
  readonly pointer: string
  readonly message: string
}
