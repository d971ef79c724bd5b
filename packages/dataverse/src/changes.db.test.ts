import { expect, test } from 'vitest'
import { BASE, guid, startPlatform, TEST_TABLES, type TestPlatform } from './platform.case.ts'
import { readPosition } from './query/change-position.ts'

async function follow(started: TestPlatform, link: string, prefer = '') {
  const answer = await started.platform.app.inject({
    method: 'GET',
    url: link.slice(BASE.length),
    headers: { authorization: `Bearer ${started.token}`, prefer },
  })
  return answer.json()
}

test('DV-078 a tracked read in pages hands out its link on the last page', async (t) => {
  const started = await startPlatform(t, { empty: true })
  const rows = Array.from({ length: 7 }, (_, n) => ({ accountid: guid(`6${n}`), name: `N${n}` }))
  await started.platform.seed([{ table: 'account', rows }])
  const prefer = 'odata.track-changes,odata.maxpagesize=3'
  let page = (await started.send('GET', 'accounts?$select=name', { prefer })).json
  const seen: string[] = []
  for (;;) {
    seen.push(...page.value.map((row: { name: string }) => row.name))
    if (page['@odata.nextLink'] === undefined) break
    expect(page['@odata.deltaLink']).toBeUndefined()
    expect(page['@odata.nextLink']).toContain('istracking=%22True%22')
    // A change between two pages is not missed: it comes with the delta.
    if (seen.length === 3) await started.send('PATCH', `accounts(${guid('60')})`, { body: { name: 'changed' } })
    page = await follow(started, page['@odata.nextLink'], prefer)
  }
  expect(seen).toHaveLength(7)
  expect((await follow(started, page['@odata.deltaLink'])).value).toMatchObject([{ name: 'changed' }])
})

test('changes in pages: changed rows by version, then markers, each once', async (t) => {
  const started = await startPlatform(t, { empty: true })
  const rows = Array.from({ length: 7 }, (_, n) => ({ accountid: guid(`6${n}`), name: `N${n}` }))
  await started.platform.seed([{ table: 'account', rows }])
  const link = (await started.send('GET', 'accounts?$select=name', { prefer: 'odata.track-changes' })).json['@odata.deltaLink']
  for (const n of [5, 1, 3]) await started.send('PATCH', `accounts(${guid(`6${n}`)})`, { body: { name: `changed ${n}` } })
  for (const n of [6, 0]) await started.send('DELETE', `accounts(${guid(`6${n}`)})`)
  const seen: string[] = []
  let page = await follow(started, link, 'odata.maxpagesize=2')
  for (;;) {
    seen.push(...page.value.map((row: { name?: string; id?: string }) => row.name ?? row.id))
    if (page['@odata.nextLink'] === undefined) break
    page = await follow(started, page['@odata.nextLink'], 'odata.maxpagesize=2')
  }
  expect(seen).toEqual(['changed 5', 'changed 1', 'changed 3', guid('66'), guid('60')])
  expect((await follow(started, page['@odata.deltaLink'])).value).toEqual([])
})

test('a change that commits late is neither lost nor sent twice', async (t) => {
  const started = await startPlatform(t)
  const start = (await started.send('GET', 'accounts?$select=name', { prefer: 'odata.track-changes' })).json['@odata.deltaLink']
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let written = (): void => undefined
  const isWritten = new Promise<void>((resolve) => {
    written = resolve
  })
  const late = started.platform.service(async (service) => {
    await service.update('account', [{ id: guid('01'), values: { name: 'late' } }])
    written()
    await held
  })
  await isWritten
  await started.send('PATCH', 'accounts({G:10})', { body: { name: 'early' } })
  const first = await follow(started, start)
  expect(first.value.map((row: { name: string }) => row.name)).toEqual(['early'])
  release()
  await late
  const second = await follow(started, first['@odata.deltaLink'])
  expect(second.value.map((row: { name: string }) => row.name)).toEqual(['late'])
  expect((await follow(started, second['@odata.deltaLink'])).value).toEqual([])
})

test('DV-081 DV-083 DV-085 refused options, expiry, tables without tracking', async (t) => {
  const { send, clock } = await startPlatform(t)
  for (const [option, value] of [
    ['filter', "name eq 'x'"],
    ['orderby', 'name'],
    ['expand', 'primarycontactid'],
    ['top', '1'],
  ]) {
    const answer = await send('GET', `accounts?$${option}=${value}`, { prefer: 'odata.track-changes' })
    expect([answer.status, answer.json.error.message]).toEqual([
      400,
      `The "$${option}" query parameter isn't supported when Change Tracking is enabled.`,
    ])
  }
  const untracked = await send('GET', 'territories', { prefer: 'odata.track-changes' })
  expect([untracked.status, untracked.headers['preference-applied'], untracked.json['@odata.deltaLink']]).toEqual([
    200,
    undefined,
    undefined,
  ])
  const link = (await send('GET', 'accounts?$select=name', { prefer: 'odata.track-changes' })).json['@odata.deltaLink']
  const token = link.slice(link.indexOf('$deltatoken=') + 12)
  expect((await send('GET', `accounts?$select=name&$deltatoken=${token}`)).status).toBe(200)
  for (const bad of ['nonsense', '1', '%21', '999999999999999999999999999%2102/11/2025 09:30:00']) {
    expect([400]).toContain((await send('GET', `accounts?$deltatoken=${bad}`)).status)
  }
  clock.advance(8 * 86_400_000)
  expect((await send('GET', `accounts?$select=name&$deltatoken=${token}`)).json.error.code).toBe('0x80044352')
  await send('PATCH', `organizations(${guid('0e')})`, { body: { expirechangetrackingindays: 30 } })
  expect((await send('GET', `accounts?$select=name&$deltatoken=${token}`)).status).toBe(200)
})

test('DV-082 a link outlives restarts, whatever their clocks say, until the table really changes', async (t) => {
  const first = await startPlatform(t)
  const link = async (at: TestPlatform, set: string): Promise<string> =>
    (await at.send('GET', `${set}?$select=createdon`, { prefer: 'odata.track-changes' })).json['@odata.deltaLink']
  const links = { accounts: await link(first, 'accounts'), contacts: await link(first, 'contacts') }
  const reordered = TEST_TABLES.map((table) => ({ ...table, columns: [...table.columns].reverse() }))
  // One starts on a clock behind the first one's, one ahead of it: neither may end a link.
  let restarted = first
  await first.send('PATCH', 'accounts({G:01})', { body: { name: 'changed' } })
  for (const changes of [{ now: '2025-02-11T08:00:00Z' }, { now: '2025-02-12T09:30:00Z', tables: reordered }]) {
    restarted = await restarted.restart(changes)
    expect((await follow(restarted, links.accounts)).value.map((row: { accountid: string }) => row.accountid)).toEqual([guid('01')])
    expect((await follow(restarted, await link(restarted, 'accounts'))).value).toEqual([])
  }
  const grown = TEST_TABLES.map((table) =>
    table.logicalName === 'account'
      ? { ...table, columns: [...table.columns, { name: 'new_port', label: 'Port', type: 'string', maxLength: 50 } as const] }
      : table,
  )
  const third = await restarted.restart({ now: '2025-02-11T07:00:00Z', tables: grown })
  expect((await follow(third, links.accounts)).error.code).toBe('0x80044352')
  expect((await follow(third, links.contacts)).value).toEqual([])
  const fresh = await link(third, 'accounts')
  expect((await follow(third, fresh)).value).toEqual([])
  expect((await follow(await third.restart({ now: '2025-02-11T07:00:00Z', tables: grown }), fresh)).value).toEqual([])
})

test('a position counts only what is on disk, so that a crash cannot give its numbers to others', async (t) => {
  const { database } = await startPlatform(t, { empty: true })
  const refused = database.transaction(async (sql) => {
    await sql.query('create table never_made (n integer)')
    throw new Error('refused')
  })
  await expect(refused).rejects.toThrow('refused')
  const before = await database.query<{ at: string }>('select pg_current_wal_insert_lsn()::text as at')
  await readPosition(database, database)
  const after = await database.query<{ written: boolean }>('select pg_current_wal_flush_lsn() >= $1::pg_lsn as written', [
    before.rows[0]?.at,
  ])
  expect(after.rows).toEqual([{ written: true }])
})
