/** A view of the database, made anew at every start. */
export interface View {
  readonly name: string
  readonly sql: string
}
