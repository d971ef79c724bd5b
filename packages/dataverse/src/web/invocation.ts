import { PlatformError } from '../errors/platform-error.ts'
import { wireErrors } from '../errors/wire-errors.ts'
import { toGuid } from '../payload/convert-value.ts'
import { type CustomLogicBypass, type Invocation, NO_BYPASS } from '../pipeline/invocation.ts'
import { type Holder, hasPrivilege } from '../security/access.ts'

interface Sent {
  /** Upper case. */
  readonly method: string
  /** Names in lower case. */
  readonly header: (name: string) => string | undefined
  /** Path and query below the root. */
  readonly url: string
}

const BYPASS_LOGIC = 'mscrm.bypassbusinesslogicexecution'
const BYPASS_STEPS = 'mscrm.bypassbusinesslogicexecutionstepids'
const BYPASS_PLUGINS = 'mscrm.bypasscustompluginexecution'
const SUPPRESS_CALLBACKS = 'mscrm.suppresscallbackregistrationexpanderjob'

/** Headers and the privilege that each of them needs. Source: wire specification 20, DV-125. */
const PRIVILEGES: Readonly<Record<string, string>> = {
  [BYPASS_LOGIC]: 'prvBypassCustomBusinessLogic',
  [BYPASS_STEPS]: 'prvBypassCustomBusinessLogic',
  [BYPASS_PLUGINS]: 'prvBypassCustomPlugins',
  [SUPPRESS_CALLBACKS]: 'prvBypassCustomPlugins',
}

/** How a request wants its writes carried out; refused by 403 where the caller may not ask for that. A read asks for nothing. */
export function readInvocation(sent: Sent, holder: Holder, shared: Pick<Invocation, 'correlationId' | 'host' | 'tag'>): Invocation {
  if (sent.method === 'GET' || sent.method === 'HEAD') return { ...shared, bypass: NO_BYPASS, detectDuplicates: false }
  for (const [name, privilege] of Object.entries(PRIVILEGES)) {
    if (isAsked(name, sent.header(name)) && !hasPrivilege(holder, privilege))
      throw new PlatformError(403, '0x80040220', `The header '${name}' needs the privilege ${privilege}, which the caller does not have.`)
  }
  const tag = tagOf(sent.url)
  return {
    correlationId: shared.correlationId,
    ...(shared.host !== undefined && { host: shared.host }),
    ...(shared.tag !== undefined && { tag: shared.tag }),
    ...(tag !== undefined && { tag }),
    bypass: readBypass(sent.header),
    detectDuplicates: sent.header('mscrm.suppressduplicatedetection')?.trim().toLowerCase() === 'false',
  }
}

/** The switches are `true` or of no effect; the lists ask where they hold anything. */
const isAsked = (name: string, value: string | undefined): boolean =>
  name === BYPASS_PLUGINS || name === SUPPRESS_CALLBACKS ? isTrue(value) : list(value).length > 0

const isTrue = (value: string | undefined): boolean => value?.trim().toLowerCase() === 'true'

const list = (value: string | undefined): readonly string[] =>
  (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

function readBypass(header: Sent['header']): CustomLogicBypass {
  const kinds = list(header(BYPASS_LOGIC)).map((kind) => kind.toLowerCase())
  const steps = list(header(BYPASS_STEPS))
  const plugins = isTrue(header(BYPASS_PLUGINS))
  if (kinds.length === 0 && steps.length === 0 && !plugins) return NO_BYPASS
  if (kinds.some((kind) => kind !== 'customsync' && kind !== 'customasync'))
    throw wireErrors.invalidArgument("The header 'MSCRM.BypassBusinessLogicExecution' takes CustomSync, CustomAsync, or both with a comma.")
  const stepIds = steps.map((step) => {
    const id = toGuid(step)
    if (id === undefined)
      throw wireErrors.invalidArgument(
        "The header 'MSCRM.BypassBusinessLogicExecutionStepIds' takes ids of steps with commas between them.",
      )
    return id
  })
  return { sync: plugins || kinds.includes('customsync'), async: kinds.includes('customasync'), stepIds: new Set(stepIds) }
}

/** `?tag=`, which custom logic finds among its shared variables. */
function tagOf(url: string): string | undefined {
  const question = url.indexOf('?')
  return question < 0 || !/[?&]tag=/.test(url) ? undefined : (new URLSearchParams(url.slice(question + 1)).get('tag') ?? undefined)
}
