/** A process of the supervisor's tests that starts an installation and is then killed. Its argument holds the options. */
import { silentLogger, systemClock } from '@p2c/base'
import { startInstallation } from './supervisor.ts'

const installation = await startInstallation({
  ...JSON.parse(process.argv[2] ?? '{}'),
  log: silentLogger,
  clock: systemClock,
  onPartReady: () => undefined,
})
process.send?.({ urls: installation.urls, pid: installation.pid('server') })
