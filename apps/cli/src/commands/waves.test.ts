import { expect, test } from 'vitest'
import { wavesOf } from './waves.ts'

const projects = (table: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(table).map(([name, dependsOn]) => ({ name, dependsOn }))
const namesOf = (table: Readonly<Record<string, readonly string[]>>): string[][] =>
  wavesOf(projects(table)).map((wave) => wave.map(({ name }) => name))

test.each<[string, Readonly<Record<string, readonly string[]>>, string[][]]>([
  ['nothing', {}, []],
  ['projects that know nothing of each other in one wave', { a: [], b: [] }, [['a', 'b']]],
  ['each behind all that it depends on', { d: ['b', 'c'], b: ['A'], c: [], a: [] }, [['c', 'a'], ['b'], ['d']]],
  ['a project elsewhere as done', { a: ['somewhere else'] }, [['a']]],
])('wavesOf: %s', (_title, table, waves) => {
  expect(namesOf(table)).toEqual(waves)
})

test.each<[Readonly<Record<string, readonly string[]>>, string[]]>([
  [{ a: ['a'] }, ['a']],
  [{ first: [], a: ['b', 'first'], b: ['a'] }, ['a', 'b']],
])('wavesOf refuses %j: those projects would wait for ever', (table, waiting) => {
  expect(() => namesOf(table)).toThrow(expect.objectContaining({ code: 'project-cycle', details: { projects: waiting } }))
})
