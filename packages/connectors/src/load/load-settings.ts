import type { ConnectorSettings } from '../http/connector-settings.ts'
import type { BulkSizeLimits } from './bulk-size.ts'

/** How a connector writes in bulk; defaults are those of the design. */
export interface LoadSettings extends ConnectorSettings {
  /** Time that one bulk call should take; default 2 seconds. Slower calls become smaller, quicker ones larger up to the service's limit. */
  readonly bulkTargetMs?: number
  /**
   * Supply Chain: from so many new rows in one upsert on, one data package carries them in place of change sets; 0 or `Infinity`: never, which
   * is the default. Measured at the local application a package takes about as long as the change sets of its rows (four at a time). In
   * the cloud an import takes about a minute whatever its size, and is free of throttling: there it pays from some thousand rows on.
   */
  readonly packageRows?: number
}

const DEFAULT_TARGET_MS = 2000

/** The bounds of bulk calls: a `bulkSize` that is set is where they start and the most that they reach. */
export const bulkLimits = (settings: LoadSettings, rows: Omit<BulkSizeLimits, 'targetMs'>): BulkSizeLimits => ({
  least: rows.least,
  start: settings.bulkSize ?? rows.start,
  most: settings.bulkSize ?? rows.most,
  targetMs: settings.bulkTargetMs ?? DEFAULT_TARGET_MS,
})
