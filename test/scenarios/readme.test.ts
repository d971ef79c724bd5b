import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { p2c } from '../support/command-line.ts'

const ROOT = join(fileURLToPath(import.meta.url), '..', '..', '..')
const LONGEST_DEMO_SECONDS = 90
const DEMO_STEPS = 13

/** In the order in which the demonstration compares them. */
const PROJECTS = [
  'products',
  'accounts',
  'contacts',
  'contacts-to-customer',
  'quotes',
  'orders-to-supply-chain',
  'orders-to-sales',
  'invoices',
]

test('the demonstration of the README tells the whole story within 90 seconds, and both sides agree', async () => {
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  expect(manifest.scripts.demo).toBe('node apps/cli/src/main.ts demo')
  const startedAt = performance.now()
  const { code, stdout, stderr } = await p2c(['demo'], { LC_ALL: 'C' })
  const seconds = (performance.now() - startedAt) / 1000
  process.stdout.write(`demo: ${seconds.toFixed(1)} s\n`)
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' })
  expect(seconds).toBeLessThan(LONGEST_DEMO_SECONDS)
  for (let step = 1; step <= DEMO_STEPS; step += 1) expect(stdout).toContain(`Step ${step} of ${DEMO_STEPS}: `)
  const agreements = PROJECTS.map((project) => `${project}: both sides agree.`)
  expect(stdout.split('\n').filter((line) => line.endsWith('both sides agree.'))).toEqual(agreements)
  expect(stdout).toContain('accounts: Warning')
  expect(stdout).toMatch(/Timeline of order ORD-\S+\n(?:.*\n)*?.*Supply Chain +paid +INV-/)
  expect(stdout).toMatch(/Done in \d+(\.\d)? s\./)
}, 120_000)

interface ShownCommand {
  readonly file: string
  readonly text: string
  readonly words: readonly string[]
}

/** Everything that looks like a call of `p2c` in the code blocks and code words of a page. */
async function commandsOf(file: string): Promise<ShownCommand[]> {
  const page = await readFile(join(ROOT, file), 'utf8')
  const blocks = [...page.matchAll(/```\w*\n([\s\S]*?)```/g)].flatMap((match) => (match[1] ?? '').split('\n'))
  const spans = [...page.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')
  return [...blocks, ...spans].flatMap((text) => {
    const call = /(?:^|[\s("$])(?:npx )?p2c ([a-z][^)"#|]*)/.exec(text)
    return call?.[1] === undefined ? [] : [{ file, text, words: call[1].trim().split(/\s+/) }]
  })
}

async function pages(): Promise<string[]> {
  const howTo = (await readdir(join(ROOT, 'docs', 'how-to'))).map((name) => join('docs', 'how-to', name))
  const reference = (await readdir(join(ROOT, 'docs', 'reference'))).map((name) => join('docs', 'reference', name))
  return ['README.md', ...howTo, ...reference].filter((name) => name.endsWith('.md'))
}

test('every p2c command that README, how-to and reference show exists with the options shown', async () => {
  const shown = (await Promise.all((await pages()).map(commandsOf))).flat()
  expect(shown.length).toBeGreaterThan(15)
  const helps = new Map<string, Promise<string>>()
  const helpOf = (words: readonly string[]): Promise<string> => {
    const name = words.join(' ')
    const known = helps.get(name) ?? p2c([...words, '--help']).then(({ code, stdout }) => (code === 0 ? stdout : ''))
    helps.set(name, known)
    return known
  }
  for (const { file, text, words } of shown) {
    const [command = '', ...rest] = words
    const path = command === 'load' ? [command, rest[0] ?? ''] : [command]
    const help = await helpOf(path.filter((word) => word !== ''))
    expect(help, `${file}: ${text}`).toContain(`Usage: p2c ${path.join(' ').trim()}`)
    for (const option of words.filter((word) => word.startsWith('--')).map((word) => word.split('=', 1)[0] ?? '')) {
      expect(help, `${file}: ${text} (${option})`).toContain(`${option} `)
    }
  }
}, 60_000)

test('the pages name files and pages that exist', async () => {
  for (const file of await pages()) {
    const page = await readFile(join(ROOT, file), 'utf8')
    for (const [, target = ''] of page.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      const path = join(ROOT, file, '..', target)
      const found = target.endsWith('/') ? await readdir(path) : await readFile(path, 'utf8')
      expect(found.length, `${file}: ${target}`).toBeGreaterThan(0)
    }
  }
})

/** Commands that are groups of others. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  load: ['load sample', 'load adventureworks'],
  solution: ['solution status', 'solution install', 'solution uninstall'],
}

test('the reference of the command line names every command and every option, and nothing else', async () => {
  const page = await readFile(join(ROOT, 'docs', 'reference', 'command-line.md'), 'utf8')
  const top = (await p2c(['--help'])).stdout
  const commands = [...top.slice(0, top.indexOf('Examples:')).matchAll(/^ {2}([a-z]+)(?: \[options\])?/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => !['help', 'p2c'].includes(name))
  expect(commands.length).toBeGreaterThan(6)
  const common = ['--data', '--json', '--lang', '--help']
  for (const command of [...new Set(commands)].flatMap((name) => GROUPS[name] ?? [name])) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${command}`)) ?? ''
    expect(row, `${command} has a row in the table`).not.toBe('')
    const help = (await p2c([...command.split(' '), '--help'])).stdout
    const options = [...help.slice(0, help.indexOf('Examples:')).matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1] ?? '')
    for (const option of options.filter((name) => !common.includes(name))) expect(row, command).toContain(option)
    for (const [, option = ''] of row.matchAll(/(--[a-z-]+)/g)) expect(options, command).toContain(option)
  }
}, 60_000)
