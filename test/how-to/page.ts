import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'

/** What a page of docs/how-to tells to type, and what it says that is printed. */
export interface Page {
  /** All `bash` blocks, in their order. */
  readonly script: string
  /** Lines of all `text` blocks; `*` stands for any text. */
  readonly output: readonly string[]
}

export async function readPage(path: string): Promise<Page> {
  const page = await readFile(path, 'utf8')
  const blocks = (language: string): string[] =>
    [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '')
  return { script: blocks('bash').join('\n'), output: blocks('text').flatMap((block) => block.trimEnd().split('\n')) }
}

/** Runs a script in a folder as a person types it: an error of one line does not end it. */
export async function runScript(
  script: string,
  options: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ lines: string[]; problems: string }> {
  const child = spawn('bash', ['-u', '-c', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.folder,
    env: { ...process.env, ...options.env },
  })
  const [output, problems] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { lines: output.split('\n').filter((line) => line !== ''), problems }
}

/** The pattern of a shown line. */
export const linePattern = (line: string): RegExp =>
  new RegExp(
    `^${line
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+')}$`,
  )
