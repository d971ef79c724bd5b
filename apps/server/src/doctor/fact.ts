/** Something that was read of a system, or why it could not be. */
export type Fact<Value> = { readonly known: true; readonly value: Value } | { readonly known: false; readonly reason: string }

export const known = <Value>(value: Value): Fact<Value> => ({ known: true, value })

export const unknown = (reason: string): Fact<never> => ({ known: false, reason })

/** What a function makes of the value; an unknown one stays unknown. */
export const mapFact = <Value, Result>(fact: Fact<Value>, make: (value: Value) => Result): Fact<Result> =>
  fact.known ? known(make(fact.value)) : fact

/** All values by name, or the reason of the first that is not known. */
export function together<Facts extends Readonly<Record<string, Fact<unknown>>>>(
  facts: Facts,
): Fact<{ readonly [Name in keyof Facts]: Facts[Name] extends Fact<infer Value> ? Value : never }> {
  const values: Record<string, unknown> = {}
  for (const [name, fact] of Object.entries(facts)) {
    if (!fact.known) return fact
    values[name] = fact.value
  }
  return known(values as { readonly [Name in keyof Facts]: Facts[Name] extends Fact<infer Value> ? Value : never })
}
