/** Why a rule does not allow a write: the hex code of the wire and a text for people. HTTP status 400 unless told. */
export interface RuleRefusal {
  readonly code: string
  readonly message: string
  readonly status?: number
}

/** What a rule decided: a value, or the reason why there is none. */
export type Decision<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: RuleRefusal }

export const accept = <Value>(value: Value): Decision<Value> => ({ ok: true, value })
export const refused = (code: string, message: string): Decision<never> => ({ ok: false, refusal: { code, message } })
