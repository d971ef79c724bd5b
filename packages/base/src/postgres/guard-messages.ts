import type { ServerUser } from './cluster.ts'

/** What the launcher tells the guard. */
export type GuardOrder =
  | {
      readonly type: 'start'
      readonly program: string
      readonly args: readonly string[]
      readonly pgCtl: string
      readonly cwd: string
      readonly env: Readonly<Record<string, string>>
      readonly user: ServerUser | undefined
    }
  | { readonly type: 'stop' }

/** What the guard tells the launcher. After `failed` and `ended` it is gone. */
export type GuardMessage =
  | { readonly type: 'started'; readonly pid: number }
  | { readonly type: 'line'; readonly line: string }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'ended'; readonly code: number | null; readonly signal: string | null }
