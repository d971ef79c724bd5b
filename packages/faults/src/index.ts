export { type SignedInHandler, signedIn } from './administration.ts'
export { createFaultControl, type FaultControl, type FaultControlOptions, type FaultLogEntry, type FaultReport } from './fault-control.ts'
export { FAULT_KINDS, type FaultKind, type FaultRule, type FaultSettings, type Priority } from './fault-rule.ts'
export {
  type AddressClass,
  type FaultAnswer,
  type FaultDeps,
  type FaultWire,
  shiftedIssuer,
  type ThrottleFacts,
} from './fault-wire.ts'
export { DEFAULT_LIMITS, type LimitReason, type Limits, limitMessage } from './limits.ts'
export { registerAnswerFaults } from './register-answer-faults.ts'
export { registerFaults } from './register-faults.ts'
