export type { ConnectionPool, ConnectorSettings } from './http/connector-settings.ts'
export type { LoadSettings } from './load/load-settings.ts'
export { createSalesConnector } from './sales/sales-connector.ts'
export { createSupplyChainConnector } from './supply-chain/supply-chain-connector.ts'
