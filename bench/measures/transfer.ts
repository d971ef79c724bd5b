import type { Child } from '../processes/child.ts'
import type { EngineOrders } from '../subjects/engine-process.ts'
import { accountsTask } from '../subjects/fields.ts'
import { PAGE_ROWS } from '../subjects/stub-client.ts'
import type { Stub } from './context.ts'

/** Rows of the small transfer that goes before in the same process: code is compiled and connections are open then. */
export const WARM_ROWS = 10_000

/** What one measured transfer goes between. */
export interface Transfer {
  readonly name: string
  readonly rows: number
  /** The destination refuses each row whose number this divides. */
  readonly refuseEvery?: number
}

export interface TransferPlace {
  readonly source: string
  readonly destination: string
  /** Of `engine`, and of the name of the transfer. */
  readonly project: string
}

/** Two fresh entities of the stub and, where there is an engine, a project of one task between them. */
export async function putTransfer(
  { child }: Stub,
  engine: Child<EngineOrders> | undefined,
  { name, rows, refuseEvery = 0 }: Transfer,
): Promise<TransferPlace> {
  const source = `accounts_${name}`
  const destination = `CustomersV2_${name}`
  await child.call('putSource', { entity: source, rows, pageSize: PAGE_ROWS })
  await child.call('putDestination', { entity: destination, refuseEvery })
  await engine?.call('saveProject', { name, tasks: [accountsTask(source, destination)] })
  return { source, destination, project: name }
}

/** Lets the rows of a transfer go, once it is sure that each arrived once: one that loses or doubles rows is not measured. */
export async function endTransfer({ child }: Stub, { destination }: TransferPlace, rows: number): Promise<void> {
  const facts = await child.call('facts', { destination })
  await child.call('clear', null)
  if (facts.rows + facts.refused === rows && facts.writes === rows) return
  throw new Error(
    `${rows} rows should have arrived once each: ${facts.rows} are there after ${facts.writes} writes, ${facts.refused} were refused`,
  )
}
