import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixedId } from './compare-exchange.ts'
import { EXCHANGES, type GoldenSales, type StartPart, startGoldenSales } from './golden-sales.fixture.ts'

/** The golden exchanges of the wire specification against Sales itself, with the start data that the specification gives. */

/** They read, or are refused: one start serves all of them, in any order. */
const WITHOUT_A_TRACE = [
  '01',
  '02',
  '05',
  '06',
  '07',
  '08',
  '13',
  '14',
  '15',
  '16',
  '17',
  '18',
  '20',
  '26',
  '28',
  '31',
  '31b',
  '32',
  '34',
  '35',
  '36',
  '37',
]

/** What happens between exchanges, as the specification tells in words. */
const BETWEEN: Readonly<Record<string, (sales: GoldenSales) => Promise<unknown>>> = {
  delta: async ({ call }) => {
    await call('PATCH', `accounts(${fixedId('01')})`, { name: 'Halvorsen Marine Supply AS' })
    await call('DELETE', `accounts(${fixedId('10')})`)
  },
  // With this seed the rule names the limit of requests.
  throttle: ({ call }) => call('PUT', '/local/faults', { seed: 1, rules: [{ kind: 'throttle', rate: 1, retryAfterSeconds: 37 }] }),
}

/** They write: each chain has a start of its own, with the rows absent that it creates. */
const CHAINS: readonly { readonly parts: readonly StartPart[]; readonly exchanges: readonly string[] }[] = [
  { parts: [], exchanges: ['03', '04', '06', '09', '10'] },
  { parts: ['customers'], exchanges: ['12', '21', '27', '29'] },
  { parts: ['customers', 'catalogue', 'opportunity'], exchanges: ['11'] },
  { parts: ['customers'], exchanges: ['22', '33'] },
  { parts: ['customers'], exchanges: ['18', 'delta', '19'] },
  { parts: ['customers'], exchanges: ['throttle', '25'] },
  { parts: ['customers', 'catalogue', 'opportunity', 'quote'], exchanges: ['23', '23b', '23c'] },
  { parts: ['lead'], exchanges: ['24'] },
]

describe('with all start data', () => {
  const stops: (() => void | Promise<void>)[] = []
  let sales: GoldenSales
  beforeAll(async () => {
    sales = await startGoldenSales({ onTestFinished: (stop) => void stops.push(stop) })
  })
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop()
  })
  test.each(WITHOUT_A_TRACE.map((number) => EXCHANGES.get(`G-DV-${number}`)?.title ?? number))('%s', async (title) => {
    expect(await sales.replay(title.split(' ')[0] ?? '')).toEqual([])
  })
})

test.for(
  CHAINS.map((chain) => ({ ...chain, name: chain.exchanges.map((number) => (number in BETWEEN ? number : `G-DV-${number}`)).join(', ') })),
)('$name leave what the next one finds', async ({ parts, exchanges }, t) => {
  const sales = await startGoldenSales(t, parts)
  for (const number of exchanges) {
    const between = BETWEEN[number]
    if (between !== undefined) await between(sales)
    else expect(await sales.replay(`G-DV-${number}`), number).toEqual([])
  }
})

test('every exchange is replayed', () => {
  const replayed = new Set([...WITHOUT_A_TRACE, ...CHAINS.flatMap((chain) => chain.exchanges)])
  expect([...EXCHANGES.keys()].filter((name) => !replayed.has(name.slice('G-DV-'.length)))).toEqual([])
})
