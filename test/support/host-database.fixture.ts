/**
 * A PostgreSQL that other hosts reach, as an external server does: `host-database.fixture.ts <folder> <address>`. Tells its addresses in one line of
 * JSON; ends with SIGTERM. It listens on a Unix socket, too: a test sees the database without being on the network that it takes apart.
 */
import { once } from 'node:events'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLogger, startEmbeddedPostgres } from '@p2c/base'

const [folder = '', address = ''] = process.argv.slice(2)
const sockets = join(folder, 'sockets')
const rules = join(folder, 'pg_hba.conf')
await chmod(folder, 0o755) // the server may run under another account
await mkdir(sockets)
await chmod(sockets, 0o777)
await writeFile(
  rules,
  ['local all all scram-sha-256', 'host all all 127.0.0.1/32 scram-sha-256', 'host all all 10.77.0.0/24 scram-sha-256', ''].join('\n'),
)
const server = await startEmbeddedPostgres({
  dataDir: join(folder, 'postgres'),
  log: silentLogger,
  settings: {
    listen_addresses: `127.0.0.1,${address}`,
    unix_socket_directories: sockets,
    hba_file: rules,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
  },
})
const network = new URL(server.serverUrl)
network.hostname = address
const socket = new URL(server.serverUrl)
socket.hostname = 'localhost'
socket.searchParams.set('host', sockets)
process.stdout.write(`${JSON.stringify({ network: network.toString(), socket: socket.toString() })}\n`)
const alive = setInterval(() => undefined, 2 ** 30) // waiting for a signal alone does not keep a process
await once(process, 'SIGTERM')
clearInterval(alive)
await server.stop()
