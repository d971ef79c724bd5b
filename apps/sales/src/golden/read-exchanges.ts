/** One golden exchange: what is sent and what must come back, with `{R}` and `{G:nn}` still in it. Source: wire specification 21. */
export interface Exchange {
  /** `G-DV-23b`. */
  readonly id: string
  readonly title: string
  readonly method: string
  /** Decoded, as the specification shows it. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly status: number
  readonly answerHeaders: Readonly<Record<string, string>>
  readonly answerBody: string
}

type Mark = '>' | '>>' | '<' | '<<'

/**
 * Exchanges of a text in the notation of the specification: `#` names one, `>` is the request line and headers, `>>` the request body, `<` status
 * and headers, `<<` the body that comes back. Lines of a body are joined by CRLF. Throws on a line without one of these marks.
 */
export function readExchanges(text: string): readonly Exchange[] {
  const blocks = text.split(/^# /m).slice(1)
  return blocks.map((block) => readExchange(block.trimEnd().split('\n')))
}

function readExchange([title = '', ...lines]: readonly string[]): Exchange {
  const parts: Record<Mark, string[]> = { '>': [], '>>': [], '<': [], '<<': [] }
  for (const line of lines) {
    const [, mark, rest = ''] = /^(>>|>|<<|<)(?: (.*))?$/.exec(line) ?? []
    if (mark === undefined) throw new Error(`no line of an exchange: '${line}'`)
    parts[mark as Mark].push(rest)
  }
  const [request = '', ...headers] = parts['>']
  const [status = '', ...answerHeaders] = parts['<']
  const space = request.indexOf(' ')
  return {
    id: title.split(' ')[0] ?? '',
    title,
    method: request.slice(0, space),
    url: request.slice(space + 1),
    headers: readHeaders(headers),
    body: parts['>>'].join('\r\n'),
    status: Number(status),
    answerHeaders: readHeaders(answerHeaders),
    answerBody: parts['<<'].join('\r\n'),
  }
}

const readHeaders = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
