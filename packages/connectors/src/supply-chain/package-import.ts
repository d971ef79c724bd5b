import { randomUUID } from 'node:crypto'
import { AppError, type Logger } from '@p2c/base'
import type { RequestBudget } from '@p2c/engine'
import { COMPANY_FIELD } from './entity.ts'
import { countImported, findErrorKeys, runImport } from './import-execution.ts'
import { writePackage } from './package-writer.ts'
import { lookAgain, type WriteContext, type WriteOperation, type Written, writtenAs } from './write-operation.ts'

/** Rows of a package with their outcome, and what is left for change sets. */
export interface ImportedRows {
  readonly written: ReadonlyMap<number, Written>
  readonly left: readonly WriteOperation[]
}

/** The bulk path of new rows: one data package in place of many change sets. */
export interface PackageImport {
  /** Takes the creates among `operations` where they are many enough; whatever it cannot vouch for is left to change sets. */
  importNew(context: WriteContext, operations: readonly WriteOperation[]): Promise<ImportedRows>
  /** Whether a package would be used for so many new rows; which of them are new must be known then, since a package overwrites those that are not. */
  wouldTake(entitySetName: string, rows: number): boolean
}

export interface PackageImportOptions {
  /** From so many new rows on; `Infinity`: never. */
  readonly packageRows: number
  readonly log: Logger
  readonly budget?: RequestBudget
}

/** Imports of one environment follow each other (FO-094): by the shared budget, or within this connector where there is none. */
export function createPackageImport({ packageRows, log, budget }: PackageImportOptions): PackageImport {
  const refused = new Set<string>()
  const exclusive =
    budget === undefined
      ? createQueue()
      : (work: () => Promise<ImportedRows>, signal: AbortSignal) => budget.exclusive('package-import', work, signal)
  const wouldTake = (name: string, rows: number): boolean => rows > 0 && rows >= packageRows && !refused.has(name)
  return {
    wouldTake,
    async importNew(context, operations) {
      const creates = operations.filter(({ kind }) => kind === 'create')
      const name = context.entity.entitySetName
      if (!wouldTake(name, creates.length)) return { written: new Map(), left: operations }
      const others = operations.filter(({ kind }) => kind !== 'create')
      try {
        const imported = await exclusive(() => importCreates(context, creates), context.signal)
        if (imported.written.size === 0) refused.add(name)
        return { written: imported.written, left: [...imported.left, ...others] }
      } catch (error) {
        context.signal.throwIfAborted()
        if (!(error instanceof AppError) || error.category === 'auth') throw error
        // Nothing was started: the environment has no data packages for us, or not now.
        if (!error.retryable) refused.add(name)
        log.warn({ entity: name, code: error.code, reason: error.message }, 'a package import was refused; change sets carry the rows')
        return { written: new Map(), left: operations }
      }
    },
  }
}

/** One after the other; a failure of one is no matter of the next. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve()
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work, work)
    last = next.catch(() => undefined)
    return next
  }
}

/** Throws only where the import was certainly not started. */
async function importCreates(context: WriteContext, creates: readonly WriteOperation[]): Promise<ImportedRows> {
  const { entity, company, client, signal } = context
  const project = `P2C-${entity.name.slice(0, 40)}-In`
  // An id of its own for each attempt: a later one must not take the end of an earlier one for its own.
  const id = `${project}-${randomUUID()}`
  const rows = creates.map(({ createBody }) => Object.fromEntries(Object.entries(createBody).filter(([name]) => name !== COMPANY_FIELD)))
  const status = await runImport(client, { id, project, company, bytes: writePackage({ project, entity, rows }) }, signal)
  const bad = await failedKeys(context, { id, status, submitted: creates.length })
  if (bad === undefined) return afterLook(context, creates)
  const isBad = ({ keyValues }: WriteOperation): boolean => bad.has(keyValues.join(',').toLowerCase())
  const left = creates.filter(isBad)
  // The file of keys must account for exactly the rows that the counts miss; else the rows themselves are asked.
  if (left.length !== bad.size) return afterLook(context, creates)
  return { written: new Map(creates.filter((row) => !isBad(row)).map((row) => [row.index, writtenAs(row)])), left }
}

interface Ended {
  readonly id: string
  readonly status: string | undefined
  readonly submitted: number
}

/** Keys of the refused rows, where status, counts and the file of error keys agree about them (FO-091, FO-098); else undefined. */
async function failedKeys(context: WriteContext, { id, status, submitted }: Ended): Promise<ReadonlySet<string> | undefined> {
  if (status !== 'Succeeded' && status !== 'PartiallySucceeded') return undefined
  const { client, entity, signal } = context
  try {
    const written = await countImported(client, { id, label: entity.label }, signal)
    if (written === submitted) return new Set()
    if (written === undefined || status === 'Succeeded') return undefined
    const keys = await findErrorKeys(client, { id, entity }, signal)
    return keys !== undefined && keys.size === submitted - written ? keys : undefined
  } catch (error) {
    if (error instanceof AppError && error.category !== 'auth') return undefined
    throw error
  }
}

/** What is stored was imported; everything else is left. */
async function afterLook(context: WriteContext, creates: readonly WriteOperation[]): Promise<ImportedRows> {
  const written = new Map<number, Written>()
  const left: WriteOperation[] = []
  const looked = await lookAgain(context, creates)
  for (const [at, { index }] of creates.entries()) {
    const item = looked[at]
    if (item !== undefined && 'done' in item) written.set(index, item.done)
    else if (item !== undefined) left.push(item.open)
  }
  return { written, left }
}
