import { describe, expect, test } from 'vitest'
import { isEditable, isFreeWrite, LOCKING_DOCUMENTS } from './document-lock.ts'

describe('who may edit', () => {
  test.each(LOCKING_DOCUMENTS)('%s: state 0 only, the integration submitted orders too', (document) => {
    const editable = (isIntegrationUser: boolean) =>
      [0, 1, 2, 3, 4, null].filter((state) => isEditable(document, state, { isIntegrationUser }))
    expect(editable(false)).toEqual([0])
    expect(editable(true)).toEqual(document === 'salesorder' ? [0, 1] : [0])
  })
})

test.each([
  [['statecode', 'statuscode', 'modifiedon', 'modifiedby'], true],
  [['ownerid', 'modifiedon'], true],
  [['statecode', 'name'], false],
  [['modifiedon', 'modifiedby', 'modifiedonbehalfby'], false],
  [[], false],
] as const)('a write of %j is free of the read-only rule: %s', (columns, expected) => {
  expect(isFreeWrite(columns)).toBe(expected)
})
