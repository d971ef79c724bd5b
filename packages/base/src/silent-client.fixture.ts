/** A client that locks a row in a transaction, tells its parent, and goes on when it is told to; run by `silent-connection.db.test.ts`. */
import { once } from 'node:events'
import { openDatabase } from './database.ts'

const [connectionString = '', transactionIdleMs = ''] = process.argv.slice(2)
const limits = { transactionIdleMs: Number(transactionIdleMs), statementMs: 10_000, connectMs: 10_000 }
const database = openDatabase({ connectionString, limits })

const outcome = await database
  .transaction(async (sql) => {
    await sql.query('update item set n = n + 100 where id = 1')
    process.send?.('locked')
    await once(process, 'message')
    await sql.query('update item set n = n + 100 where id = 1')
  })
  .then(
    () => 'committed',
    (error: Error & { code?: string }) => `${error.code ?? ''} ${error.message}`,
  )
// The same process goes on with a new connection.
const { rows } = await database.query<{ n: number }>('select n from item where id = 1')
process.send?.({ outcome, seen: rows[0]?.n })
await database.close()
process.disconnect()
