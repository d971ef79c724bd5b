import type { Plugin } from '@p2c/dataverse'
import { ACCOUNT_LOOP } from '../../domain/customers/hierarchy.ts'
import { enforce, nextValue, textOf } from '../row-values.ts'
import { findCircle } from './parent-links.ts'

/** An account cannot be its own ancestor. Source: Sales 1.4. */
export const accountPlugins: readonly Plugin[] = [
  {
    name: 'account parents',
    table: 'account',
    message: 'update',
    stage: 'pre-operation',
    columns: ['parentaccountid'],
    reads: ['parentaccountid', 'name'],
    async run(events, context) {
      const circle = await findCircle(context.sql, { table: 'account', key: 'accountid', column: 'parentaccountid' }, events)
      if (circle !== undefined) enforce(ACCOUNT_LOOP(textOf(nextValue(circle, 'name')) ?? circle.id))
    },
  },
]
