import { AppError } from '@p2c/base'

/**
 * A link that an answer holds, checked before it is followed: it must stay inside the connection's own origin and service root, since
 * the request carries the bearer token. Returned as it came (absolute where it was relative). Throws `link-refused`.
 */
export function checkFeedLink(link: string, serviceRoot: string): string {
  const root = new URL(serviceRoot.endsWith('/') ? serviceRoot : `${serviceRoot}/`)
  const url = parseUrl(link, root)
  if (
    url !== undefined &&
    url.origin === root.origin &&
    url.pathname.startsWith(root.pathname) &&
    url.username === '' &&
    url.password === ''
  ) {
    return URL.canParse(link) ? link : url.href
  }
  throw new AppError({
    category: 'connectivity',
    code: 'link-refused',
    message: `The answer of ${root.origin} holds a link to ${url?.origin ?? 'an invalid address'}, outside ${root.href}. It was not followed, as it would receive the credentials.`,
    details: { linkOrigin: url?.origin ?? '', serviceRoot: root.href },
  })
}

/**
 * The link as it is kept with a place in a read: below the service root, so that the read goes on when the same system answers at another
 * address (another port after a restart, an alias host). Throws `link-refused` for a link that leads elsewhere.
 */
export function placeOfLink(link: string, serviceRoot: string): string {
  const checked = checkFeedLink(link, serviceRoot)
  return checked.startsWith(serviceRoot) ? checked.slice(serviceRoot.length) : checked
}

/** True where the link stays inside the service root. */
export function isOwnLink(link: string, serviceRoot: string): boolean {
  try {
    checkFeedLink(link, serviceRoot)
    return true
  } catch {
    return false
  }
}

const parseUrl = (link: string, base: URL): URL | undefined => (URL.canParse(link, base.href) ? new URL(link, base.href) : undefined)
