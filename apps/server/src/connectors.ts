import { AppError, type Clock, type Logger } from '@p2c/base'
import { createSalesConnector, createSupplyChainConnector } from '@p2c/connectors'
import type { ConnectedEnvironment, Connector, UsableSecret } from '@p2c/engine'

/** Makes the connector that a connection asks for; settings `tokenUrl` and `clientId`, secret `clientSecret`. Throws `connection-incomplete`. */
export function connectorFor(environment: ConnectedEnvironment, deps: { readonly clock: Clock; readonly log: Logger }): Connector {
  const settings = {
    root: environment.baseUrl,
    tokenUrl: textSetting(environment, 'tokenUrl'),
    clientId: textSetting(environment, 'clientId'),
    clientSecret: secretValue(environment, environment.secrets.clientSecret),
    clock: deps.clock,
    log: deps.log.child({ connection: environment.connectionName }),
  }
  return environment.environmentType === 'CRM' ? createSalesConnector(settings) : createSupplyChainConnector(settings)
}

function textSetting(environment: ConnectedEnvironment, name: string): string {
  const value = environment.settings[name]
  if (typeof value === 'string' && value !== '') return value
  throw incomplete(environment, name)
}

function secretValue(environment: ConnectedEnvironment, secret: UsableSecret | undefined): string {
  if (secret !== undefined && 'value' in secret) return secret.value
  throw incomplete(environment, 'clientSecret')
}

const incomplete = (environment: ConnectedEnvironment, name: string): AppError =>
  new AppError({
    category: 'auth',
    code: 'connection-incomplete',
    message: `Connection ${JSON.stringify(environment.connectionName)} has no ${name}. Complete it in the connection set ${JSON.stringify(environment.connectionSetName)}.`,
    details: { connection: environment.connectionName, missing: name },
  })
