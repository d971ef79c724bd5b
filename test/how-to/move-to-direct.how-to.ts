import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fileScope, p2cJson, scratchFolder, startInstallation } from '../support/command-line.ts'
import { outsideClients } from '../support/outside-client.ts'
import { linePattern, readPage, runScript } from './page.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const PAGE = join(ROOT, 'docs', 'how-to', 'move-from-two-hop-to-direct.md')

const scope = fileScope(afterAll)

/** Milliseconds: some twenty commands and two rounds of all projects, on a machine that has more to do. */
const LONGEST = 400_000

/** Stands for the `npx` of the page: this sources' command line on the installation of the test. */
const npxOn = (data: string): string => `npx() { shift; node '${join(ROOT, 'apps', 'cli', 'src', 'main.ts')}' "$@" --data '${data}'; }`

/** Positions of the shown lines among the printed ones, each behind the one before it. */
function positionsOf(shown: readonly string[], printed: readonly string[]): readonly number[] {
  const positions: number[] = []
  for (const line of shown)
    positions.push(printed.findIndex((each, index) => index > (positions.at(-1) ?? -1) && linePattern(line).test(each)))
  return positions
}

test(
  'move-from-two-hop-to-direct.md: every command does what the page says',
  async () => {
    const data = await scratchFolder(scope)
    const installation = await startInstallation(data, { P2C_COMMON_DATA_SERVICE: 'on' })
    scope.onTestFinished(async () => void (await installation.stop()))
    // An installation that has lived with the older generation: data, and the discount method of its quotes.
    await p2cJson(['load', 'sample', '--accounts', '40', '--data', data])
    const { sales } = await outsideClients(installation)
    const { value } = (await sales.call('GET', '/organizations?$select=organizationid')).json
    const reply = await sales.call('PATCH', `/organizations(${value[0].organizationid})`, { body: { discountcalculationmethod: 1 } })
    expect(reply.status).toBe(204)

    const { script, output } = await readPage(PAGE)
    expect(output.length).toBeGreaterThan(10)
    const { lines, problems } = await runScript(`${npxOn(data)}\n${script}`, { folder: data, env: { NO_COLOR: '1', LC_ALL: 'C' } })
    const positions = positionsOf(
      output.map((line) => line.trim()),
      lines,
    )
    expect(
      output.filter((_, index) => positions[index] === -1),
      `${problems}\n${lines.join('\n')}`,
    ).toEqual([])
  },
  LONGEST,
)
