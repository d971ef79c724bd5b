import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toAppError } from '@p2c/base'
import { parseTemplate } from '@p2c/engine'

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', 'templates')

/** Every published template must be a document that the engine takes; names are unique. One line for each problem. */
export function checkTemplates(folder: string): string[] {
  const names = new Map<string, string>()
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => checkFile(folder, file, names))
}

function checkFile(folder: string, file: string, names: Map<string, string>): string[] {
  try {
    const template = parseTemplate(JSON.parse(readFileSync(join(folder, file), 'utf8')))
    const other = names.get(template.name)
    names.set(template.name, file)
    return other === undefined ? [] : [`templates/${file}: has the name of ${other}`]
  } catch (error) {
    return [`templates/${file}: ${toAppError(error).message}`]
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = checkTemplates(FOLDER)
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
