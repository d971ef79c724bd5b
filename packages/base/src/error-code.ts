/** True when `error` carries one of these codes, as errors of Node (`ENOENT`) and of PostgreSQL (`57P03`) do. */
export const hasErrorCode = (error: unknown, ...codes: readonly string[]): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
