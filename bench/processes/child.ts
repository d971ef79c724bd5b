import { fork } from 'node:child_process'

/** What a child process does on request, by name; each takes one value and answers with one, both plain data. */
export type Orders = Readonly<Record<string, (input: never) => Promise<unknown>>>

/** A child process that serves `Orders`, from fork to end. */
export interface Child<Served extends Orders> {
  readonly pid: number
  /** Milliseconds of the system's clock just before the fork. */
  readonly startedAtMs: number
  /** Rejects with the child's message when the order fails there, or when the child ends before it answers. */
  call<Name extends keyof Served & string>(name: Name, input: Parameters<Served[Name]>[0]): Promise<Awaited<ReturnType<Served[Name]>>>
  /** Ends it at once, as a crash would, and waits until it is gone. */
  kill(): Promise<void>
}

interface Order {
  readonly id: number
  readonly name: string
  readonly input: unknown
}

type Answer = { readonly id: number; readonly value?: unknown } | { readonly id: number; readonly error: string }

/** Forks `program`, a module that calls `serveOrders`. It ends by itself when this process is gone. */
export function startChild<Served extends Orders>(program: URL, options: { readonly execArgv?: readonly string[] } = {}): Child<Served> {
  const startedAtMs = Date.now()
  const child = fork(program, { execArgv: [...(options.execArgv ?? [])], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  child.on('message', (answer: Answer) => {
    const call = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('error' in answer) call?.reject(new Error(answer.error))
    else call?.resolve(answer.value)
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void gone.then(() => {
    for (const call of waiting.values()) call.reject(endedEarly(program))
  })
  return {
    pid: child.pid ?? 0,
    startedAtMs,
    call: (name, input) => {
      const id = ++last
      const answer = Promise.withResolvers<unknown>()
      answer.promise.catch(() => undefined) // who waits for it later is told then
      waiting.set(id, answer)
      child.send({ id, name, input } satisfies Order, (error) => {
        if (error !== null) answer.reject(endedEarly(program))
      })
      return answer.promise as never
    },
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

const endedEarly = (program: URL): Error => new Error(`${program.pathname.split('/').at(-1)} ended before it answered`)

/** The other side of `startChild`: serves `orders` until the parent lets go. */
export function serveOrders(orders: Orders): void {
  process.on('disconnect', () => process.exit(0))
  process.on('message', (order: Order) => {
    void answerTo(orders, order).then((answer) => process.send?.(answer))
  })
}

async function answerTo(orders: Orders, { id, name, input }: Order): Promise<Answer> {
  try {
    const perform = orders[name]
    if (perform === undefined) throw new Error(`there is no order '${name}'`)
    return { id, value: await perform(input as never) }
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}
