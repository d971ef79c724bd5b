/** The custom service that the commands of orders belong to. */
export const ORDER_SERVICE = { group: 'SalesOrderServices', service: 'SalesOrderService' } as const
