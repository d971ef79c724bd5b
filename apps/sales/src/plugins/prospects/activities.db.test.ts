import { expect, test } from 'vitest'
import { refusalOf, startSales } from '../../sales-app.fixture.ts'

test('a task shows among the activities, follows its changes and goes with what it is about', async (t) => {
  const sales = await startSales(t)
  const account = await sales.create('accounts', { name: 'Nordkai Yards' })
  const task = await sales.create('tasks', {
    subject: 'Call back',
    statecode: 1,
    scheduledend: '2025-02-14T12:00:00Z',
    'regardingobjectid_account_task@odata.bind': `/accounts(${account.accountid})`,
  })
  expect(task).toMatchObject({ statecode: 0, statuscode: 2, activitytypecode: 'task' })
  const pointer = `activitypointers(${task.activityid})`
  expect((await sales.get(pointer)).body).toMatchObject({
    subject: 'Call back',
    activitytypecode: 'task',
    statecode: 0,
    scheduledend: '2025-02-14T12:00:00Z',
    _regardingobjectid_value: account.accountid,
  })
  await sales.patch(`tasks(${task.activityid})`, { subject: 'Called', statecode: 1 })
  expect((await sales.get(`tasks(${task.activityid})`)).body).toMatchObject({
    statecode: 1,
    statuscode: 5,
    actualend: '2025-02-11T09:30:00Z',
  })
  expect((await sales.get(pointer)).body).toMatchObject({
    subject: 'Called',
    statecode: 1,
    statuscode: 2,
    actualend: '2025-02-11T09:30:00Z',
  })
  await sales.patch(`tasks(${task.activityid})`, { statecode: 0 })
  await sales.patch(`tasks(${task.activityid})`, { statecode: 2 })
  expect((await sales.get(pointer)).body).toMatchObject({ statecode: 2, statuscode: 3 })
  const other = await sales.create('tasks', { subject: 'Alone' })
  expect((await sales.remove(`tasks(${other.activityid})`)).status).toBe(204)
  expect((await sales.remove(`accounts(${account.accountid})`)).status).toBe(204)
  expect((await sales.get('tasks')).body.value).toEqual([])
  expect((await sales.get('activitypointers')).body.value).toEqual([])
})

test('tasks written in bulk show among the activities too', async (t) => {
  const sales = await startSales(t)
  const type = { '@odata.type': 'Microsoft.Dynamics.CRM.task' }
  const created = await sales.bulk(
    'tasks',
    'CreateMultiple',
    Array.from({ length: 25 }, (_, n) => ({ ...type, subject: `Task ${n}` })),
  )
  expect(created.status).toBe(200)
  const ids: readonly string[] = created.body.Ids
  const updated = await sales.bulk(
    'tasks',
    'UpdateMultiple',
    ids.map((activityid, n) => ({ ...type, activityid, ...(n % 2 === 0 ? { statecode: 1 } : { subject: 'Changed' }) })),
  )
  expect(updated.status).toBe(204)
  const rows = (await sales.get('activitypointers?$select=subject,statecode')).body.value
  expect([rows.length, rows.filter((row: { statecode: number }) => row.statecode === 1).length]).toEqual([25, 13])
  expect(rows.filter((row: { subject: string }) => row.subject === 'Changed')).toHaveLength(12)
})

test('clients write activities by their own tables', async (t) => {
  const sales = await startSales(t)
  const task = await sales.create('tasks', { subject: 'Call back' })
  const pointer = `activitypointers(${task.activityid})`
  expect(refusalOf(await sales.post('activitypointers', { subject: 'x' }))).toBe('400 0x80040800')
  expect(refusalOf(await sales.patch(pointer, { subject: 'x' }))).toBe('400 0x80040800')
  expect(refusalOf(await sales.remove(pointer))).toBe('400 0x80040800')
  expect((await sales.get(`tasks(${task.activityid})?$select=subject`)).body.subject).toBe('Call back')
})
