import { dateTime, entity, key, text } from './entity.ts'

/** Longest answer that is kept, in characters. */
const ANSWER_LENGTH = 16_000_000

/**
 * What a command answered to a request with an idempotency key: the same request again gets the same answer and does nothing.
 * Written in the transaction of the command, so a kept answer is of something that happened.
 */
export const COMMAND_REQUESTS = entity({
  name: 'CommandRequest',
  collection: 'CommandRequests',
  aotName: 'CommandRequest',
  label: 'Command requests',
  category: 'Transaction',
  storage: ['command_request', 'CommandRequest', 'Command requests'],
  isShared: true,
  isInternal: true,
  properties: [
    // A digest of user and idempotency key: keys differ by case, texts of a table do not.
    key('RequestDigest', 64),
    text('CommandName', 100),
    // A digest of command and parameters.
    text('ContentDigest', 64),
    text('Answer', ANSWER_LENGTH),
    dateTime('RequestedAt'),
  ],
})
