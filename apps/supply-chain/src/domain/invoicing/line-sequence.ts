/**
 * `LineCreationSequenceNumber` of each line of one invoice: that of its order line, or the next number above all of them where two orders of
 * a summary invoice bring the same one. The first line that brings a number keeps it. Source: Supply Chain specification, 2.14.
 */
export function invoiceLineSequences(ofOrderLines: readonly number[]): number[] {
  const taken = new Set<number>()
  let highest = ofOrderLines.reduce((most, number) => Math.max(most, number), 0)
  return ofOrderLines.map((number) => {
    const own = number > 0 && !taken.has(number) ? number : ++highest
    taken.add(own)
    return own
  })
}
