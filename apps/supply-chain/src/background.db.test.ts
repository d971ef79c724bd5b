import { expect, test } from 'vitest'
import { raiseBusinessEvents } from './events/business-events.ts'
import { startReceiver } from './events/event-receiver.fixture.ts'
import { D, startTestApp, type TestApp } from './supply-chain-app.fixture.ts'

const N = 'Microsoft.Dynamics.DataEntities'

/** Raises numbered events, some of them in transactions of their own at once. */
const raise = (app: TestApp, from: number, count: number) =>
  Promise.all(
    [0, 1].map((half) =>
      app.database.transaction((sql) =>
        raiseBusinessEvents(
          sql,
          Array.from({ length: count / 2 }, (_, index) => ({
            eventId: 'SalesOrderConfirmedBusinessEvent',
            dataAreaId: 'usmf',
            userId: '',
            now: app.clock.now(),
            fields: { Place: from + index * 2 + half },
          })),
        ),
      ),
    ),
  )

test('of two processes over one database one delivers events and runs jobs; when it ends the other one takes over', async (t) => {
  const first = await startTestApp(t)
  await first.get(`${D}/Companies`) // ready, and leading
  const second = await startTestApp(t, { database: first.database })
  await second.get(`${D}/Companies`)
  const receiver = await startReceiver(t)
  await first.post(`${D}/BusinessEventEndpoints`, { EndpointId: 'hub', EndpointUrl: receiver.url })
  for (const BusinessEventId of ['SalesOrderConfirmedBusinessEvent', 'BatchJobFinishedBusinessEvent'])
    await first.post(`${D}/BusinessEventActivations`, { EndpointId: 'hub', BusinessEventId })
  await raise(second, 0, 40)
  await receiver.waitFor(40)
  await second.post(`${D}/BatchJobs/${N}.SetBatchJobToWaiting`, { batchJobId: 5637144600 })
  await receiver.waitFor(41)
  await first.app.close()
  // Nobody leads for a moment: what is raised then waits for the next leader.
  await raise(second, 40, 40)
  await receiver.waitFor(81)
  const places = receiver.received.flatMap(({ json }) => (json.BusinessEventId === 'SalesOrderConfirmedBusinessEvent' ? [json.Place] : []))
  expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 80 }, (_, place) => place))
  expect((await second.get(`${D}/BatchJobHistories`)).json.value).toHaveLength(1)
})
