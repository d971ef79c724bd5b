import { serveOrders } from '../processes/child.ts'
import type { WirePage } from '../stub/source.ts'
import { toCustomer } from './customer.ts'
import { measured } from './measured.ts'
import { createStubClient, PAGE_ROWS, type StubClient, UPSERT_ROWS, UPSERTS_IN_FLIGHT } from './stub-client.ts'

/*
 * The bare loop against the stub end points, a process of its own: what one would write by hand for this one transfer. It pages 5,000 rows,
 * maps them, upserts 1,000 rows at a time with 4 upserts in flight, reads the next page meanwhile, and remembers nothing.
 */

async function transfer(client: StubClient, { source, destination }: Transfer): Promise<number> {
  const inFlight = new Set<Promise<void>>()
  let rows = 0
  let next: Promise<WirePage> | undefined = client.page(source, `size=${PAGE_ROWS}`)
  while (next !== undefined) {
    const page: WirePage = await next
    next = page.next === undefined ? undefined : client.page(source, page.next)
    rows += page.rows.length
    for (let from = 0; from < page.rows.length; from += UPSERT_ROWS) {
      while (inFlight.size >= UPSERTS_IN_FLIGHT) await Promise.race(inFlight)
      const part = page.rows.slice(from, from + UPSERT_ROWS).flatMap((row) => (row.accountnumber === null ? [] : [toCustomer(row)]))
      const upsert: Promise<void> = client.upsert(destination, part).then(() => void inFlight.delete(upsert))
      inFlight.add(upsert)
    }
  }
  await Promise.all(inFlight)
  return rows
}

interface Transfer {
  readonly origin: string
  readonly source: string
  readonly destination: string
}

let client: StubClient | undefined

const orders = {
  run: async (order: Transfer) => {
    client ??= createStubClient(order.origin)
    const open = client
    return measured(() => transfer(open, order))
  },
}
export type BareLoopOrders = typeof orders

serveOrders(orders)
