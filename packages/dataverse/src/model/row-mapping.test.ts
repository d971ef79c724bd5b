import { expect, test } from 'vitest'
import { TEST_TABLES } from '../platform.case.ts'
import { systemTables } from '../system/system-tables.ts'
import { resolveModel } from './resolve-model.ts'
import { mappingProblems, type RowMapping } from './row-mapping.ts'

const model = resolveModel([...systemTables({}), ...TEST_TABLES])
const pair = { source: 'account', target: 'contact' } as const

test.each<[name: string, mapping: RowMapping, problems: readonly unknown[]]>([
  [
    'fits',
    {
      ...pair,
      parent: 'parentcustomerid',
      columns: [
        ['name', 'lastname'],
        ['address1_city', 'firstname'],
      ],
    },
    [],
  ],
  ['names an unknown table', { source: 'account', target: 'port', columns: [] }, [expect.stringContaining('unknown table')]],
  [
    'has a parent that leads elsewhere',
    { source: 'contact', target: 'account', parent: 'parentaccountid', columns: [] },
    [/parentaccountid/],
  ],
  ['names an unknown column', { ...pair, columns: ['accountnumber'] }, [/accountnumber/]],
  ['pairs columns of two types', { ...pair, columns: [['numberofemployees', 'lastname']] }, [/no columns of one type/]],
])('a mapping that %s', (_name, mapping, problems) => {
  expect(mappingProblems(model, [mapping])).toEqual(
    problems.map((problem) => (problem instanceof RegExp ? expect.stringMatching(problem) : problem)),
  )
})
