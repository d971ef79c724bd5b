import type { MeasureName } from '../arguments.ts'
import { measureBadRows } from './bad-rows.ts'
import { measureChanges, measureNoChange } from './changes.ts'
import type { Bench } from './context.ts'
import { measureFirstExecution } from './first-execution.ts'
import { measureImports } from './imports.ts'
import { measureLive } from './live.ts'
import { measureLocal, measureLocalOthers } from './local.ts'
import { measureMemory } from './memory.ts'
import { measureRestart, measureTakeover } from './restart.ts'
import type { Result } from './result.ts'

/** All measures by name. */
export const MEASURE: Readonly<Record<MeasureName, (bench: Bench) => Promise<readonly Result[]>>> = {
  'first-execution': measureFirstExecution,
  'bad-rows': measureBadRows,
  changes: measureChanges,
  'no-change': measureNoChange,
  memory: measureMemory,
  live: measureLive,
  restart: measureRestart,
  takeover: measureTakeover,
  local: measureLocal,
  'local-others': measureLocalOthers,
  imports: measureImports,
}
