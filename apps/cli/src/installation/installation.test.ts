import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type TestContext, test } from 'vitest'
import { fetchToken, findRunning, openInstallation } from './installation.ts'
import { completeSecrets, openSecrets } from './secrets.ts'

async function aFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-installation-'))
  t.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const URLS = { server: 'http://127.0.0.1:1', sales: 'http://127.0.0.1:2', supplyChain: 'http://127.0.0.1:3' }

test('secrets are made once, also by many starts at once, are long and for the owner only', async (t) => {
  const folder = await aFolder(t)
  const all = await Promise.all(Array.from({ length: 5 }, () => openSecrets(folder)))
  expect(all.every((one) => JSON.stringify(one) === JSON.stringify(all[0]))).toBe(true)
  const { sales, supplyChain, commonDataService, server, encryptionKey } = await completeSecrets(folder)
  const keys = [sales.tokenKey, supplyChain.tokenKey, commonDataService.tokenKey, server.tokenKey, encryptionKey]
  expect(keys.map((key) => Buffer.from(key, 'base64').length)).toEqual([32, 32, 32, 32, 32])
  const clients = [sales, supplyChain, commonDataService, server].map(({ clientSecret }) => clientSecret)
  expect(new Set([...keys, ...clients]).size).toBe(9)
  expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600)
})

test('secrets from before a program are completed once, and all others stay', async (t) => {
  const folder = await aFolder(t)
  const { commonDataService: _new, ...before } = await openSecrets(folder)
  await writeFile(join(folder, 'secrets.json'), JSON.stringify(before))
  expect(await openSecrets(folder)).toEqual(before)
  const completed = await completeSecrets(folder)
  expect(completed).toMatchObject(before)
  expect(await completeSecrets(folder)).toEqual(completed)
  expect(await openSecrets(folder)).toEqual(completed)
  expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600)
})

test('secrets that cannot be read, or are gone while the data is there, end a start without showing them', async (t) => {
  const folder = await aFolder(t)
  await writeFile(join(folder, 'secrets.json'), '{"pa55word')
  await expect(openInstallation(folder)).rejects.toMatchObject({
    code: 'secrets-unusable',
    message: expect.not.stringContaining('pa55word'),
  })
  await rm(join(folder, 'secrets.json'))
  await mkdir(join(folder, 'postgres', 'cluster'), { recursive: true })
  await expect(openInstallation(folder)).rejects.toMatchObject({ code: 'secrets-missing' })
})

test('what is announced is found until it is withdrawn', async (t) => {
  const folder = await aFolder(t)
  const installation = await openInstallation(folder)
  await expect(findRunning(folder)).rejects.toMatchObject({ code: 'nothing-running', category: 'connectivity' })
  await installation.announce(URLS, new Date('2024-03-01T08:00:00Z'))
  expect(await findRunning(folder)).toEqual({ ...URLS, pid: process.pid, startedAt: '2024-03-01T08:00:00.000Z' })
  expect((await stat(join(folder, 'running.json'))).mode & 0o777).toBe(0o600)
  await expect(openInstallation(folder)).rejects.toMatchObject({ code: 'already-running' })
  await installation.withdraw()
  await expect(findRunning(folder)).rejects.toMatchObject({ code: 'nothing-running' })
})

test('an announcement is stale when its process is dead, its number runs something else, or its file is damaged', async (t) => {
  const folder = await aFolder(t)
  await (await openInstallation(folder)).announce(URLS, new Date())
  const path = join(folder, 'running.json')
  const announced = JSON.parse(await readFile(path, 'utf8'))
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(dead, 'exit')
  for (const content of [
    JSON.stringify({ ...announced, pid: dead.pid }),
    JSON.stringify({ ...announced, processStart: 'another boot:1' }),
    '{"pid":',
    '',
  ]) {
    await writeFile(path, content)
    await expect(findRunning(folder)).rejects.toMatchObject({ code: 'nothing-running' })
    await expect(openInstallation(folder)).resolves.toBeDefined()
  }
})

test('nothing runs in a folder that does not exist or is a file; a start there says what is wrong', async (t) => {
  const folder = await aFolder(t)
  const message = expect.stringContaining(`p2c start --data ${join(folder, 'nowhere')}`)
  await expect(findRunning(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'nothing-running', message })
  await writeFile(join(folder, 'file'), '')
  await expect(findRunning(join(folder, 'file'))).rejects.toMatchObject({ code: 'nothing-running' })
  await expect(openInstallation(join(folder, 'file'))).rejects.toMatchObject({ code: 'data-folder-unusable' })
})

const REPLIES: readonly (readonly [string, number, string, RegExp])[] = [
  ['a refusal', 401, '{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret."}', /401.*AADSTS7000215/],
  ['an error page', 500, '<html>', /500.*no reason given/],
  ['no token', 200, '{}', /200/],
]

test.each(REPLIES)('a token end point that answers with %s is a clear error', async (_name, status, body, message) => {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-installation-'))
  const server = createServer((_request, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
    await (await openInstallation(folder)).announce({ server: url, sales: url, supplyChain: url }, new Date())
    await expect(fetchToken(folder, 'sales')).rejects.toMatchObject({ code: 'sign-in-refused', message: expect.stringMatching(message) })
  } finally {
    server.close()
    await rm(folder, { recursive: true, force: true })
  }
})

test('a part that does not answer is named', async (t) => {
  const folder = await aFolder(t)
  await (await openInstallation(folder)).announce(URLS, new Date())
  await expect(fetchToken(folder, 'supply-chain')).rejects.toMatchObject({
    code: 'part-not-answering',
    retryable: true,
    message: expect.stringContaining("'supply-chain'"),
  })
})
