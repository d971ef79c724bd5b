import { describe, expect, test } from 'vitest'
import type { AreaOperation, ListedOperation, Operation } from './operation.ts'

const titleOf = ({ name, points }: ListedOperation): string => (points.length === 0 ? name : `${name} (${points.join(', ')})`)

/** A test for each operation, by area, and one that no two of an area have the same name. */
export function tryOperations<Stage>(
  operations: readonly Operation<Stage>[],
  carryOut: (operation: AreaOperation<Stage>) => Promise<void>,
): void {
  describe.each([...new Set(operations.map(({ area }) => area))])('%s', (area) => {
    test.each(
      operations.filter((operation) => operation.area === area).map((operation) => [titleOf(operation), operation] as const),
    )('%s', (_title, operation) => carryOut(operation))
  })

  test('no two operations of one area have the same name', () => {
    const names = operations.map(({ area, name }) => `${area}: ${name}`)
    expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([])
  })
}
