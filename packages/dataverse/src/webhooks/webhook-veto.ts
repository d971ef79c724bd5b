import { PlatformError } from '../errors/platform-error.ts'

/**
 * The refusal of a write whose synchronous step failed: a veto like that of a plug-in. The product's text is not on public record: this one is
 * ours. Source: wire specification 16 and 19 (code and status), DV-122.
 */
export const webhookVeto = (step: string, reason: string): PlatformError =>
  new PlatformError(400, '0x80040265', `The webhook of step '${step}' failed, so the operation was cancelled: ${reason}`)
