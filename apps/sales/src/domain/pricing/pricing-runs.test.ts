import { expect, test } from 'vitest'
import { PROCESSING_STATUSES } from '../p2c/p2c-processing-status.ts'
import { isKeptExternally, isLineSkipped, isPricingOn, type PricingQuestion, type PricingSettings } from './pricing-runs.ts'

const ON: PricingSettings = {
  isEnabled: true,
  isEnabledOnCreate: true,
  isPriceListMandatory: true,
  discountMethod: 0,
  pricingDecimals: 2,
  isOrderProcessingIntegrated: false,
}
const INTEGRATED = { ...ON, isOrderProcessingIntegrated: true }
const ACTIVE = 0
const SUBMITTED = 1

const asks = (document: PricingQuestion['document'], facts: Partial<PricingQuestion> = {}): PricingQuestion => ({
  document,
  part: 'line',
  occasion: 'update',
  statecodes: [ACTIVE],
  isIntegrationUser: false,
  ...facts,
})

test.each(['opportunity', 'quote', 'salesorder', 'invoice'] as const)('an %s is priced while it can be edited', (document) => {
  expect(isPricingOn(asks(document), ON)).toBe(true)
  expect(isPricingOn(asks(document, { statecodes: [2] }), ON)).toBe(false)
  expect(isPricingOn(asks(document, { statecodes: [3, ACTIVE] }), ON)).toBe(true)
  expect(isPricingOn(asks(document), { ...ON, isEnabled: false })).toBe(false)
})

test('a submitted order is edited, and priced, by the integration alone', () => {
  expect(isPricingOn(asks('salesorder', { statecodes: [SUBMITTED] }), ON)).toBe(false)
  expect(isPricingOn(asks('salesorder', { statecodes: [SUBMITTED], isIntegrationUser: true }), ON)).toBe(true)
  expect(isPricingOn(asks('quote', { statecodes: [SUBMITTED], isIntegrationUser: true }), ON)).toBe(false)
})

type Case = readonly [document: PricingQuestion['document'], facts: Partial<PricingQuestion>, isOn: boolean]

/** The table of Sales 2.4.2, row by row: with integrated order processing. */
const TABLE: readonly Case[] = [
  ...(['create', 'update', 'delete', 'recalculate'] as const).flatMap((occasion): readonly Case[] => [
    ['opportunity', { occasion, isIntegrationUser: true }, true],
    ['quote', { occasion, isIntegrationUser: true }, true],
    ['invoice', { occasion, isIntegrationUser: true }, false],
    ['invoice', { occasion, part: 'header', isIntegrationUser: true }, false],
    ['invoice', { occasion }, true],
  ]),
  ['salesorder', { part: 'header', occasion: 'create', isIntegrationUser: true }, false],
  ['salesorder', { part: 'header', occasion: 'create' }, true],
  ['salesorder', { part: 'header', occasion: 'update', isIntegrationUser: true }, false],
  ['salesorder', { part: 'header', occasion: 'update' }, true],
  ['salesorder', { part: 'header', occasion: 'update', statecodes: [SUBMITTED] }, false],
  ['salesorder', { part: 'header', occasion: 'recalculate', isIntegrationUser: true }, true],
  ['salesorder', { part: 'header', occasion: 'recalculate', statecodes: [SUBMITTED], isIntegrationUser: true }, false],
  ['salesorder', { occasion: 'create', isIntegrationUser: true }, false],
  ['salesorder', { occasion: 'create', statecodes: [SUBMITTED] }, false],
  ['salesorder', { occasion: 'update', isIntegrationUser: true }, false],
  ['salesorder', { occasion: 'delete', isIntegrationUser: true }, false],
  ['salesorder', { occasion: 'delete' }, true],
]

test.each(TABLE)('integrated order processing: %s %j is priced here: %s', (document, facts, isOn) => {
  expect(isPricingOn(asks(document, facts), INTEGRATED)).toBe(isOn)
})

test.each([
  [0, false, false],
  [1, true, false],
  [2, false, true],
  [3, true, true],
  [null, false, false],
] as const)('skippricecalculation %s skips create %s and update %s', (skip, create, update) => {
  expect([isLineSkipped(skip, 'create', ON), isLineSkipped(skip, 'update', ON)]).toEqual([create, update])
  expect(isLineSkipped(0, 'create', { ...ON, isEnabledOnCreate: false })).toBe(true)
})

test('a document is kept elsewhere when it came from there or was handed over', () => {
  expect(isKeptExternally({ isMaintainedExternally: true, processingStatus: null })).toBe(true)
  expect(isKeptExternally({ isMaintainedExternally: false, processingStatus: PROCESSING_STATUSES.active })).toBe(true)
  expect(isKeptExternally({ isMaintainedExternally: false, processingStatus: PROCESSING_STATUSES.draft })).toBe(false)
  expect(isKeptExternally({ isMaintainedExternally: false, processingStatus: null })).toBe(false)
})
