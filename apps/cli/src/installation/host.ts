import { networkInterfaces } from 'node:os'
import { AppError } from '@p2c/base'

export const LOOPBACK = '127.0.0.1'

const EVERYWHERE = ['0.0.0.0', '::', '[::]', '*', '']

/**
 * An address to listen on is also the one that is written into connection sets and tokens, so it must be one address, not all of them.
 * Throws `host-invalid` with those of this machine. Whether the machine has it shows when a program listens.
 */
export function assertHost(host: string): void {
  if (!EVERYWHERE.includes(host)) return
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal && address.family === 'IPv4')
    .map((address) => address.address)
  throw new AppError({
    category: 'schema',
    code: 'host-invalid',
    message: `${JSON.stringify(host)} is no single address: other hosts are told to call it. Give one address of this machine with --host${own.length > 0 ? `, such as ${own.join(' or ')}` : ''}.`,
    details: { host },
  })
}
