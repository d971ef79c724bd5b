import { AppError, type Clock, type Logger } from '@p2c/base'
import { createSalesConnector, createSupplyChainConnector } from '@p2c/connectors'
import type { ConnectedEnvironment, Connector, ConnectorTools, UsableSecret } from '@p2c/engine'

export interface ConnectorDeps {
  readonly clock: Clock
  readonly log: Logger
  readonly budgetOf: ConnectorTools['budgetOf']
}

/** Where a 429 names no pause, the first one is as long as the system's documentation asks (Dataverse 17, F&O 21). */
const FIRST_PAUSE_MS: Readonly<Record<string, number>> = { AX: 30_000 }

/**
 * Makes the connector that a connection asks for; settings `tokenUrl` and `clientId`, secret `clientSecret`; setting `limitWindowSeconds` where the
 * service counts requests over another time than 300 seconds. Connections to one address with one client id share one budget. Throws
 * `connection-incomplete`.
 */
export function connectorFor(environment: ConnectedEnvironment, deps: ConnectorDeps): Connector {
  const clientId = textSetting(environment, 'clientId')
  const windowSeconds = Number(environment.settings.limitWindowSeconds)
  const firstPauseMs = FIRST_PAUSE_MS[environment.environmentType]
  const settings = {
    root: environment.baseUrl,
    tokenUrl: textSetting(environment, 'tokenUrl'),
    clientId,
    clientSecret: secretValue(environment, environment.secrets.clientSecret),
    clock: deps.clock,
    log: deps.log.child({ connection: environment.connectionName }),
    budget: deps.budgetOf(`${environment.baseUrl.replace(/\/+$/, '').toLowerCase()}|${clientId.toLowerCase()}`, {
      ...(windowSeconds > 0 && { windowSeconds }),
      ...(firstPauseMs !== undefined && { firstPauseMs }),
    }),
  }
  return environment.environmentType === 'AX'
    ? createSupplyChainConnector(settings)
    : createSalesConnector({ ...settings, environmentType: environment.environmentType })
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
