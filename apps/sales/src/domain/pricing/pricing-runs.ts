import type { DocumentHeader } from '../documents/document-family.ts'
import { EDITABLE_STATE } from '../documents/document-lock.ts'
import { ORDER_STATES } from '../documents/order-state.ts'
import { PROCESSING_STATUSES } from '../p2c/p2c-processing-status.ts'

/** The settings of the organisation that say whether and how it prices. Source: Sales 1.14. */
export interface PricingSettings {
  /** System pricing: nothing is calculated without it. */
  readonly isEnabled: boolean
  readonly isEnabledOnCreate: boolean
  readonly isPriceListMandatory: boolean
  readonly discountMethod: number
  /** Decimals of unit prices. */
  readonly pricingDecimals: number
  /** Another system processes orders: it writes its own amounts. */
  readonly isOrderProcessingIntegrated: boolean
}

export type PricingOccasion = 'create' | 'update' | 'delete' | 'recalculate'

/** One write, or one wish to recalculate, as the rules about when to price see it. */
export interface PricingQuestion {
  readonly document: DocumentHeader
  readonly part: 'header' | 'line'
  readonly occasion: PricingOccasion
  /** State of the header; on an update of it either side of the write will do. */
  readonly statecodes: readonly unknown[]
  readonly isIntegrationUser: boolean
}

/**
 * Does the engine price at all? Not where the organisation switched it off, not while the header is read-only (the integration still
 * edits submitted orders), and not where order processing is integrated and the write is one of its own.
 * Source: Sales 4.1, 4.8 and the table of 2.4.2.
 */
export function isPricingOn(question: PricingQuestion, settings: PricingSettings): boolean {
  return settings.isEnabled && !isLeftToIntegration(question, settings) && isEditable(question)
}

const isSubmitted = ({ document, statecodes }: PricingQuestion): boolean =>
  document === 'salesorder' && statecodes.includes(ORDER_STATES.submitted)

const isEditable = (question: PricingQuestion): boolean =>
  question.statecodes.includes(EDITABLE_STATE) || (isSubmitted(question) && question.isIntegrationUser)

/** True where integrated order processing takes the pricing of this write over. Source: Sales 2.4.2. */
export function isLeftToIntegration(question: PricingQuestion, settings: PricingSettings): boolean {
  if (!settings.isOrderProcessingIntegrated) return false
  const { document, part, occasion, isIntegrationUser } = question
  if (document === 'invoice') return isIntegrationUser
  if (document !== 'salesorder') return false
  if (occasion === 'recalculate') return isSubmitted(question)
  if (occasion === 'delete') return isIntegrationUser
  if (part === 'header' && occasion === 'create') return isIntegrationUser
  return isIntegrationUser || isSubmitted(question)
}

/** `skippricecalculation` of lines. Source: Sales 1.1. */
const LINE_SKIPS: Readonly<Record<number, readonly PricingOccasion[]>> = { 1: ['create'], 2: ['update'], 3: ['create', 'update'] }

/** True where a line opts out: its amounts are taken as they are sent. */
export const isLineSkipped = (skip: unknown, occasion: PricingOccasion, settings: PricingSettings): boolean =>
  (occasion === 'create' && !settings.isEnabledOnCreate) || (typeof skip === 'number' && LINE_SKIPS[skip]?.includes(occasion) === true)

/** `skippricecalculation` of headers: the document is not re-priced when the catalogue changes. Source: Sales 1.1. */
export const SKIP_ON_RETRIEVE = 1

/** A document that another system keeps, as its header says. */
export interface KeptDocument {
  readonly isMaintainedExternally: boolean
  /** `msdynce_processingstatus`, null where the document has none. */
  readonly processingStatus: number | null
}

/**
 * True where the other system has a document in hand: it came from there, or it is an order that was handed over. Its prices are settled
 * there, and its header may arrive before its lines. Source: Sales 6.6.
 */
export const isKeptExternally = ({ isMaintainedExternally, processingStatus }: KeptDocument): boolean =>
  isMaintainedExternally || (processingStatus !== null && processingStatus !== PROCESSING_STATUSES.draft)
