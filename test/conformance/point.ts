/** Whom a point binds: this server, the client side of the integrator, or both. */
export type PointSide = 'server' | 'client' | 'both'

/** A conformance point of a wire specification. */
export interface Point {
  readonly id: string
  readonly group: string
  readonly side: PointSide
  readonly rule: string
}

/** A point in a list of its group. */
export type PointRow = readonly [id: string, side: PointSide, rule: string]

/** The points of one group. */
export const pointsOf = (group: string, rows: readonly PointRow[]): readonly Point[] =>
  rows.map(([id, side, rule]) => ({ id, group, side, rule }))
