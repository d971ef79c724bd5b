import { type Decimal, decimal, ZERO } from '@p2c/base'
import { expect, test } from 'vitest'
import { SUM_COLUMNS } from '../../entities/inventory.ts'
import type { Dimensions } from './dimensions.ts'
import { applyLine, removeLine } from './lot-lines.ts'
import { addSums, availPhysical, contribution, NO_STOCK, physicalInvent, type StockSums } from './on-hand.ts'
import { createStockBook, type StockBook } from './stock-book.ts'
import type { StockResult } from './stock-result.ts'
import { aLine, aState, at13, bringIn, DATE } from './stock-state.fixture.ts'
import { rowKey, type StockState } from './stock-state.ts'

const SLIP = { voucher: 'PS', date: DATE, packingSlipNumber: 'PS-1' }
const INVOICE = { voucher: 'INV', date: DATE, invoiceNumber: 'INV-1' }

/** What must hold of any stock: sums are those of the transactions, nothing is below nought, no part is empty. */
function assertSound(state: StockState): void {
  const sums = new Map<string, StockSums>()
  for (const lot of state.lots.values())
    for (const part of lot.parts) {
      if (!part.quantity.greaterThan(ZERO)) throw new Error(`a part of ${lot.origin.lotId} has quantity ${part.quantity}`)
      const key = rowKey(part.itemNumber, part.inventDimId)
      sums.set(key, addSums(sums.get(key) ?? NO_STOCK, { ...NO_STOCK, ...contribution(part) }))
    }
  for (const [key, row] of state.rows) {
    const truth = sums.get(key) ?? NO_STOCK
    for (const column of SUM_COLUMNS)
      if (!row.sums[column].equals(truth[column])) throw new Error(`${column} of ${key} is ${row.sums[column]}, not ${truth[column]}`)
  }
  for (const rows of state.sharedRows.values())
    for (const ofStatus of Map.groupBy(rows, (row) => row.dimensions.InventoryStatusId).values()) {
      const total = ofStatus.reduce((all, row) => addSums(all, row.sums), NO_STOCK)
      if (physicalInvent(total).lessThan(ZERO) || availPhysical(total).lessThan(ZERO)) throw new Error('goods below nought')
    }
}

/** Numbers that follow from a seed. */
function createRandom(seed: number) {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return {
    upTo: (limit: number) => Math.floor(next() * limit),
    pick: <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] as Item,
  }
}

const PLACES: readonly Dimensions[] = [
  at13,
  { ...at13, InventoryWarehouseId: '21' },
  { ...at13, ItemBatchNumber: 'B1' },
  { ...at13, ItemBatchNumber: 'B2' },
]

interface Walk {
  readonly state: StockState
  readonly book: StockBook
  readonly random: ReturnType<typeof createRandom>
  /** Value of all goods that came in less that of all that left. */
  value: Decimal
}

const costOf = (result: StockResult<{ readonly cost: Decimal }>): Decimal => (result.ok ? result.cost : ZERO)

/** One random step; keeps the value in step with the costs that the operations tell. */
function step(walk: Walk): void {
  const { state, book, random } = walk
  const lot = `L${random.upTo(6)}`
  const quantity = decimal(1 + random.upTo(7)).dividedBy(random.pick([1, 1, 2]))
  const kind = random.upTo(12)
  if (kind === 0) applyLine(state, { ...aLine(lot, quantity.times(3).toFixed(), random.pick(PLACES)) })
  else if (kind === 1) {
    const receipt = `R${state.lots.size}-${random.upTo(1000)}`
    applyLine(state, aLine(receipt, quantity.times(-2).toFixed(), random.pick(PLACES.slice(1))))
    walk.value = walk.value.plus(
      costOf(
        book.purchase(receipt, quantity.times(2), { voucher: 'V', date: DATE, unitCost: decimal(1 + random.upTo(300)).dividedBy(100) }),
      ),
    )
  } else if (kind === 2) book.reserve(lot, quantity, { isPartial: random.upTo(2) === 0 })
  else if (kind === 3) book.unreserve(lot, quantity)
  else if (kind === 4) book.pick(lot, quantity)
  else if (kind === 5) book.unpick(lot, quantity)
  else if (kind === 6) walk.value = walk.value.minus(costOf(book.deduct(lot, quantity, SLIP)))
  else if (kind === 7) walk.value = walk.value.plus(book.undeduct(lot, quantity, 'PS-1').cost)
  else if (kind === 8) {
    const delivered = book.quantities(lot).Deducted
    const sold = delivered.lessThan(quantity) ? delivered : quantity
    if (sold.isZero()) return
    const result = book.sell(lot, sold, INVOICE)
    if (result.ok) walk.value = walk.value.plus(result.physicalCost).minus(result.cost)
  } else if (kind === 9) book.cancelRemainder(lot, quantity)
  else if (kind === 10) book.reserve(lot, quantity)
  else removeLine(state, random.pick(['L0', 'L1']))
}

test('whatever is done in whatever order, sums equal transactions, nothing is below nought, and costs add up', () => {
  const first = Date.now() % 1_000_000
  for (let seed = first; seed < first + 40; seed++) {
    const state = aState({ isBatchActive: true, isBlankBatchIssueAllowed: true })
    const walk: Walk = { state, book: createStockBook(state), random: createRandom(seed), value: ZERO }
    try {
      for (let count = 0; count < 120; count++) {
        step(walk)
        assertSound(state)
      }
      const total = [...state.rows.values()].reduce((all, row) => addSums(all, row.sums), NO_STOCK)
      expect(total.PostedValue.plus(total.PhysicalValue).toFixed(2)).toBe(walk.value.toFixed(2))
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
  }
})

test('reserving back and forth leaves no crumbs', () => {
  const state = aState()
  const book = bringIn(state, 'R', '10', { unitCost: '2' })
  applyLine(state, aLine('S', '8'))
  for (const quantity of ['1', '2', '3']) book.reserve('S', decimal(quantity))
  book.unreserve('S', decimal(4))
  expect(state.lots.get('s')?.parts.map((part) => [part.status, part.quantity.toFixed()])).toEqual([
    ['OnOrder', '6'],
    ['ReservPhysical', '2'],
  ])
})

test('a reservation takes expected goods only where it may, after those that are there', () => {
  const state = aState()
  const book = bringIn(state, 'R', '3')
  applyLine(state, aLine('E', '-5'))
  applyLine(state, aLine('S', '10'))
  expect(book.reservable('S').toFixed()).toBe('3')
  expect(book.reserve('S', decimal(4))).toMatchObject({
    ok: false,
    infolog: { code: 'E07', text: '4.00 cannot be picked because only 3.00 is/are available from the inventory for item: A.' },
  })
  expect(book.reserve('S', decimal(7), { ordered: true })).toEqual({ ok: true, reserved: decimal(7) })
  expect(book.quantities('S')).toMatchObject({ ReservPhysical: decimal(3), ReservOrdered: decimal(4), OnOrder: decimal(3) })
  expect(book.onHand('S')).toMatchObject({ AvailPhysical: decimal(0), AvailOrdered: decimal(1) })
  // The goods arrive: what waited for them can be picked.
  book.purchase('E', decimal(5), { voucher: 'V', date: DATE })
  expect(book.pick('S', decimal(7))).toEqual({ ok: true, picked: decimal(7) })
})

test('goods without a warehouse, without their batch or in a blocking status stay where they are', () => {
  const blocked = { ...at13, InventoryStatusId: 'Blocked' }
  const state = aState({ isBatchActive: true })
  const book = bringIn(state, 'R', '5', { dimensions: { ...blocked, ItemBatchNumber: 'B1' } })
  applyLine(state, aLine('S1', '1', { ...at13, InventoryWarehouseId: '' }))
  applyLine(state, aLine('S2', '1'))
  applyLine(state, aLine('S3', '1', { ...blocked, ItemBatchNumber: 'B1' }))
  const code = (result: StockResult<object>) => (result.ok ? 'ok' : result.infolog.code)
  expect(code(book.reserve('S1', decimal(1)))).toBe('E05')
  expect(code(book.deduct('S2', decimal(1), SLIP))).toBe('L30')
  expect(code(book.reserve('S3', decimal(1)))).toBe('L31')
  expect(code(book.deduct('S3', decimal(1), SLIP))).toBe('L31')
  expect(book.reservable('S3').toFixed()).toBe('0')
  applyLine(state, aLine('R2', '-1'))
  expect(code(book.receive('R2', decimal(1), { voucher: 'V', date: DATE }))).toBe('L30')
})

test('an issue without a batch draws on all batches and leaves what another one has reserved of its batch', () => {
  const state = aState({ isBatchActive: true, isBlankBatchIssueAllowed: true })
  const batch = (number: string) => ({ ...at13, ItemBatchNumber: number })
  bringIn(state, 'R1', '4', { dimensions: batch('B1') })
  const book = bringIn(state, 'R2', '6', { dimensions: batch('B2') })
  applyLine(state, aLine('S1', '5', batch('B1')))
  applyLine(state, aLine('S2', '9'))
  expect(book.reserve('S1', decimal(5))).toMatchObject({ ok: false, available: decimal(4) })
  expect(book.reserve('S1', decimal(3))).toMatchObject({ ok: true })
  expect(book.reserve('S2', decimal(8))).toMatchObject({ ok: false, available: decimal(7) })
  expect(book.deduct('S2', decimal(7), SLIP)).toMatchObject({ ok: true })
  expect(book.reserve('S1', decimal(1))).toMatchObject({ ok: false, available: decimal(0) })
  expect(book.pick('S1', decimal(3))).toMatchObject({ ok: true })
})

test('an over-delivery ends when its packing slip is cancelled, and picked goods are picked again', () => {
  const state = aState()
  const book = bringIn(state, 'R', '20', { unitCost: '2' })
  applyLine(state, aLine('S', '5'))
  book.pick('S', decimal(2))
  expect(book.deduct('S', decimal(6), SLIP)).toEqual({ ok: true, cost: decimal(12) })
  expect(book.undeduct('S', decimal(6), 'PS-1')).toEqual({ quantity: decimal(6), picked: decimal(2), cost: decimal(12) })
  expect(book.quantities('S')).toMatchObject({ Picked: decimal(2), OnOrder: decimal(3), Deducted: decimal(0) })
})

test('a lot that is not stocked accepts everything and costs nothing', () => {
  const book = createStockBook(aState())
  expect(book.isStocked('X')).toBe(false)
  expect(book.policy('X')).toBeUndefined()
  expect(book.deduct('X', decimal(3), SLIP)).toEqual({ ok: true, cost: decimal(0) })
  expect(book.reserve('X', decimal(3))).toEqual({ ok: true, reserved: decimal(3) })
  expect(book.sell('X', decimal(3), INVOICE)).toEqual({ ok: true, cost: decimal(0), physicalCost: decimal(0) })
})

test('goods below nought leave only where the model group allows it, physically and financially', () => {
  const strict = aState({ isNegativeFinancialAllowed: false })
  applyLine(strict, aLine('E', '-5'))
  applyLine(strict, aLine('S', '5'))
  const book = createStockBook(strict)
  expect(book.deduct('S', decimal(1), SLIP)).toMatchObject({ ok: false, infolog: { code: 'E07' } })
  book.receive('E', decimal(5), { voucher: 'V', date: DATE })
  expect(book.deduct('S', decimal(5), SLIP)).toMatchObject({ ok: true })
  expect(book.sell('S', decimal(5), INVOICE)).toMatchObject({ ok: false, infolog: { code: 'L33' } })
  expect(book.quantities('S').Deducted.toFixed()).toBe('5')
  const free = aState({ isNegativePhysicalAllowed: true })
  applyLine(free, aLine('S', '5'))
  expect(createStockBook(free).deduct('S', decimal(5), SLIP)).toMatchObject({ ok: true })
})

test('a line that changes adds to what is open, takes from it, or moves it and releases its reservation', () => {
  const state = aState()
  const book = bringIn(state, 'R', '10')
  applyLine(state, aLine('S', '6'))
  book.reserve('S', decimal(6))
  applyLine(state, aLine('S', '8'))
  expect(book.quantities('S')).toMatchObject({ ReservPhysical: decimal(6), OnOrder: decimal(2) })
  applyLine(state, aLine('S', '5'))
  expect(book.quantities('S')).toMatchObject({ ReservPhysical: decimal(5), OnOrder: decimal(0) })
  applyLine(state, aLine('S', '5', { ...at13, InventoryWarehouseId: '21' }))
  expect(book.quantities('S')).toMatchObject({ ReservPhysical: decimal(0), OnOrder: decimal(5) })
  expect(book.onHand('R')).toMatchObject({ AvailPhysical: decimal(10), OnOrder: decimal(0) })
  applyLine(state, aLine('S', '5'))
  book.pick('S', decimal(2))
  expect(applyLine(state, aLine('S', '5', { ...at13, InventoryWarehouseId: '21' }))).toMatchObject({ infolog: { code: 'L34' } })
  expect(applyLine(state, aLine('S', '1'))).toMatchObject({ infolog: { code: 'E24' } })
  expect(book.quantities('S')).toMatchObject({ Picked: decimal(2), OnOrder: decimal(3) })
})
