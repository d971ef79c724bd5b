import { AppError } from '@p2c/base'

/**
 * A request that the platform or a plug-in refuses: `code` is the hex code of the wire (`0x80040217`), `status` its HTTP status.
 * Thrown inside a write it rolls the transaction back. Source: Dataverse wire specification, section 16.
 */
export class PlatformError extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'PlatformError'
    this.status = status
    this.code = code
  }
}

export const isPlatformError = (error: unknown): error is PlatformError => error instanceof PlatformError

export interface Refusal {
  /** Hex code of the wire; a veto of a plug-in without a better code is `0x80040265`. */
  readonly code?: string
  /** HTTP status; 400 unless told. */
  readonly status?: number
  readonly message: string
}

/** The veto of a plug-in: throws a `PlatformError`, so that the write it belongs to leaves nothing behind. */
export function refuse(refusal: Refusal): never {
  throw new PlatformError(refusal.status ?? 400, refusal.code ?? '0x80040265', refusal.message)
}

/** A definition that cannot work, found when the platform starts. Lists every problem. */
export function modelError(problems: readonly string[]): AppError {
  return new AppError({
    category: 'schema',
    code: 'table-definitions-inconsistent',
    message: `The table definitions have ${problems.length} problem(s): ${problems.join('; ')}. Correct the definitions and start again.`,
    details: { problems },
  })
}
