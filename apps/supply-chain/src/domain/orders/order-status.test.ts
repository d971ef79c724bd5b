import { decimal } from '@p2c/base'
import { expect, test } from 'vitest'
import { PROCESSING_STATUSES } from '../../entities/enums.ts'
import {
  DOCUMENT_STATUSES,
  documentStatusRank,
  headerProcessingStatus,
  headerStatus,
  highestDocumentStatus,
  lineProcessingStatus,
  lineQuantities,
  lineStatus,
  PROCESSING_LABELS,
  type ProcessedLine,
  type ProcessingStatus,
  SALES_STATUSES,
  type SalesStatus,
} from './order-status.ts'

interface LineFacts {
  readonly ordered?: number
  readonly delivered?: number
  readonly invoiced?: number
  readonly canceled?: number
  readonly picked?: number
  readonly documentStatus?: string
  readonly isReleased?: boolean
}

const aLine = (facts: LineFacts = {}): ProcessedLine => ({
  ordered: decimal(facts.ordered ?? 10),
  delivered: decimal(facts.delivered ?? 0),
  invoiced: decimal(facts.invoiced ?? 0),
  canceled: decimal(facts.canceled ?? 0),
  picked: decimal(facts.picked ?? 0),
  documentStatus: facts.documentStatus ?? 'None',
  isReleased: facts.isReleased ?? false,
})

/** What is left to deliver, to invoice, what is invoiced and what is cancelled; all other quantities follow. */
const lineWith = ([left, open, invoiced, canceled]: readonly number[], more: LineFacts = {}, sign = 1): ProcessedLine => {
  const [l = 0, o = 0, i = 0, x = 0] = [left, open, invoiced, canceled]
  return aLine({ ordered: sign * (l + o + i + x), delivered: sign * (o + i), invoiced: sign * i, canceled: sign * x, ...more })
}

/** Every combination of the four quantities being nought or not, with the status and, without picking and documents, the processing status. */
const LINE_TABLE: readonly (readonly [readonly number[], SalesStatus, ProcessingStatus])[] = [
  [[0, 0, 0, 0], 'Backorder', 'Active'],
  [[0, 0, 0, 1], 'Canceled', 'Canceled'],
  [[0, 0, 3, 0], 'Invoiced', 'Invoiced'],
  [[0, 0, 3, 1], 'Invoiced', 'Invoiced'],
  [[0, 2, 0, 0], 'Delivered', 'Delivered'],
  [[0, 2, 0, 1], 'Delivered', 'Delivered'],
  [[0, 2, 3, 0], 'Delivered', 'DeliveredPartiallyInvoiced'],
  [[0, 2, 3, 1], 'Delivered', 'DeliveredPartiallyInvoiced'],
  [[4, 0, 0, 0], 'Backorder', 'Active'],
  [[4, 0, 0, 1], 'Backorder', 'Active'],
  [[4, 0, 3, 0], 'Backorder', 'PartiallyInvoiced'],
  [[4, 0, 3, 1], 'Backorder', 'PartiallyInvoiced'],
  [[4, 2, 0, 0], 'Backorder', 'PartiallyDelivered'],
  [[4, 2, 0, 1], 'Backorder', 'PartiallyDelivered'],
  [[4, 2, 3, 0], 'Backorder', 'PartiallyInvoiced'],
  [[4, 2, 3, 1], 'Backorder', 'PartiallyInvoiced'],
]

test('the status of a line follows from what is left to deliver and to invoice, for goods sold and given back', () => {
  for (const sign of [1, -1]) {
    const found = LINE_TABLE.map(([quantities]) => {
      const line = lineWith(quantities, {}, sign)
      return [quantities, lineStatus(line), lineProcessingStatus(line, 'Enum')]
    })
    expect(found).toEqual(LINE_TABLE.map((row) => [...row]))
  }
})

test('a line delivered beyond its quantity has nothing left to deliver', () => {
  expect(lineQuantities(aLine({ delivered: 11 })).toDeliver.toFixed()).toBe('0')
  expect(lineStatus(aLine({ delivered: 11 }))).toBe('Delivered')
  expect(lineQuantities(aLine({ ordered: -2, delivered: -3 })).toDeliver.toFixed()).toBe('0')
  expect(lineStatus(aLine({ delivered: 11, invoiced: 11 }))).toBe('Invoiced')
})

test('the status of an order follows from every set of line statuses', () => {
  const expected = (set: readonly SalesStatus[]): SalesStatus =>
    (
      ({
        '': 'Backorder',
        Delivered: 'Delivered',
        Invoiced: 'Invoiced',
        Canceled: 'Canceled',
        'Delivered Invoiced': 'Delivered',
        'Delivered Canceled': 'Delivered',
        'Invoiced Canceled': 'Invoiced',
        'Delivered Invoiced Canceled': 'Delivered',
      }) as Record<string, SalesStatus>
    )[set.join(' ')] ?? 'Backorder'
  for (let bits = 0; bits < 16; bits++) {
    const set = SALES_STATUSES.filter((_, index) => (bits >> index) & 1)
    // Whatever holds an open line is open.
    if (set.includes('Backorder')) expect([set, headerStatus(set)]).toEqual([set, 'Backorder'])
    else expect([set, headerStatus(set)]).toEqual([set, expected(set)])
  }
})

/** Of an order that nothing was delivered of: by its highest document, without and with picked goods. */
const OPEN_TABLE: Readonly<Record<string, readonly [unpicked: ProcessingStatus, picked: ProcessingStatus]>> = {
  None: ['Active', 'Picked'],
  Confirmation: ['Confirmed', 'Picked'],
  PickingList: ['Picked', 'Picked'],
  PackingSlip: ['Active', 'Picked'],
  Invoice: ['Active', 'Picked'],
}

test('the processing status of an open order follows from its document status and what is picked, that of others does not', () => {
  for (const documentStatus of DOCUMENT_STATUSES) {
    for (const [index, picked] of [0, 4].entries()) {
      const line = aLine({ documentStatus, picked })
      const expected = OPEN_TABLE[documentStatus]?.[index]
      expect([documentStatus, picked, lineProcessingStatus(line, 'Enum')]).toEqual([documentStatus, picked, expected])
      expect(headerProcessingStatus([line], { documentStatus, detail: 'Enum' })).toBe(expected)
      for (const [quantities, , status] of LINE_TABLE.filter(([, , each]) => each !== 'Active')) {
        const moved = lineWith(quantities, { documentStatus, picked })
        expect(headerProcessingStatus([moved], { documentStatus, detail: 'Enum' })).toBe(status)
      }
    }
  }
  expect(headerProcessingStatus([], { documentStatus: 'None', detail: 'Enum' })).toBe('Active')
})

test('the processing status of an order looks at all lines that are not cancelled', () => {
  const by = (name: string) =>
    ({
      open: lineWith([4, 0, 0, 0]),
      canceled: lineWith([0, 0, 0, 5]),
      invoiced: lineWith([0, 0, 3, 0]),
      delivered: lineWith([0, 2, 0, 0]),
      credited: lineWith([0, 0, 3, 0], {}, -1),
      openCredit: lineWith([3, 0, 0, 0], {}, -1),
    })[name]
  const expected: Readonly<Record<string, ProcessingStatus>> = {
    'open canceled': 'Active',
    'canceled canceled': 'Canceled',
    'open invoiced': 'PartiallyInvoiced',
    'open delivered': 'PartiallyDelivered',
    'invoiced delivered': 'DeliveredPartiallyInvoiced',
    'invoiced canceled': 'Invoiced',
    'delivered canceled': 'Delivered',
    // What was invoiced and credited adds up to nothing and is still invoiced.
    'invoiced credited': 'Invoiced',
    'open invoiced credited': 'PartiallyInvoiced',
    'invoiced openCredit': 'PartiallyInvoiced',
  }
  for (const [names, status] of Object.entries(expected)) {
    const lines = names.split(' ').flatMap((name) => by(name) ?? [])
    expect([names, headerProcessingStatus(lines, { documentStatus: 'None', detail: 'Enum' })]).toEqual([names, status])
  }
})

test('the fine mode tells partly picked, and goods packed by packing slip from goods released to a warehouse', () => {
  const fine = (lines: readonly ProcessedLine[]) => headerProcessingStatus(lines, { documentStatus: 'PickingList', detail: 'Fine' })
  expect(fine([aLine({ picked: 4 })])).toBe('PartiallyPicked')
  expect(fine([aLine({ picked: 10 })])).toBe('Picked')
  expect(fine([aLine({ picked: 10 }), aLine()])).toBe('PartiallyPicked')
  expect(fine([aLine({ picked: 10 }), lineWith([0, 0, 0, 5])])).toBe('Picked')
  expect(fine([aLine({ picked: 6, canceled: 4 })])).toBe('Picked')
  // A picking list alone: nothing is picked yet.
  expect(fine([aLine()])).toBe('Picked')
  const REST: Readonly<Record<ProcessingStatus, readonly [plain: ProcessingStatus, released: ProcessingStatus]>> = {
    Active: ['Active', 'Active'],
    Confirmed: ['Confirmed', 'Confirmed'],
    Picked: ['Picked', 'Picked'],
    PartiallyDelivered: ['PartiallyPacked', 'PartiallyDelivered'],
    Delivered: ['PackingSlip', 'Delivered'],
    Invoiced: ['Invoiced', 'Invoiced'],
    PartiallyInvoiced: ['PartiallyInvoiced', 'PartiallyInvoiced'],
    Canceled: ['Canceled', 'Canceled'],
    DeliveredPartiallyInvoiced: ['DeliveredPartiallyInvoiced', 'DeliveredPartiallyInvoiced'],
    PartiallyPicked: ['PartiallyPicked', 'PartiallyPicked'],
    PackingSlip: ['PackingSlip', 'PackingSlip'],
    PartiallyPacked: ['PartiallyPacked', 'PartiallyPacked'],
  }
  for (const [quantities, , base] of LINE_TABLE) {
    const found = [false, true].map((isReleased) => lineProcessingStatus(lineWith(quantities, { isReleased }), 'Fine'))
    expect([quantities, found]).toEqual([quantities, [...REST[base]]])
  }
})

test('document statuses rise from None to Invoice, and every processing status has a label and a member of the enumeration', () => {
  expect(DOCUMENT_STATUSES.map(documentStatusRank)).toEqual([0, 1, 2, 3, 4])
  expect(highestDocumentStatus([])).toBe('None')
  expect(highestDocumentStatus(['Confirmation', 'PackingSlip', 'None', 'Lost'])).toBe('PackingSlip')
  expect(Object.keys(PROCESSING_LABELS).toSorted()).toEqual(PROCESSING_STATUSES.toSorted())
})
