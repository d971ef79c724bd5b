import { AppError } from '@p2c/base'
import type { Connector } from '../model/connector.ts'
import type { EnvironmentType } from '../model/documents.ts'
import type { Store } from '../store/store.ts'
import type { ConnectorTools, EngineOptions } from './engine-contract.ts'

/** Connectors of this engine, one per connection; a saved connection set gets new ones. */
export interface Connectors {
  /** Throws `connection-missing`, and what making the connector throws. */
  connectorFor(connectionSetName: string, environmentType: EnvironmentType): Promise<Connector>
  close(): Promise<void>
}

export function createConnectors(store: Store, make: EngineOptions['connectorFor'], tools: ConnectorTools): Connectors {
  const current = new Map<string, { readonly version: number; readonly connector: Promise<Connector> }>()
  // A replaced connector may still be in use by a page under way, so all of them stay open until the engine stops.
  const opened: Promise<Connector>[] = []
  return {
    connectorFor: async (connectionSetName, environmentType) => {
      const found = await store.findEnvironment(connectionSetName, environmentType)
      if (found === undefined) throw missing(connectionSetName, environmentType)
      const key = `${environmentType}|${connectionSetName.toLowerCase()}`
      const known = current.get(key)
      if (known?.version === found.version) return known.connector
      const connector = Promise.resolve(make(found.environment, tools))
      current.set(key, { version: found.version, connector })
      opened.push(connector)
      connector.catch(() => current.delete(key))
      return connector
    },
    close: async () => {
      const made = await Promise.allSettled(opened.splice(0))
      current.clear()
      await Promise.allSettled(made.map((result) => (result.status === 'fulfilled' ? result.value.close() : undefined)))
    },
  }
}

const missing = (set: string, type: EnvironmentType): AppError =>
  new AppError({
    category: 'schema',
    code: 'connection-missing',
    message: `Connection set '${set}' has no connection for '${type}': add it, or choose another set.`,
  })
