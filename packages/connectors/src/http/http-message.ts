export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Absolute, or beginning with `/`: then below the connection's origin. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** May be sent again though the first one may have been carried out. GET always may. */
  readonly repeatable?: boolean
  /** Signed links (data packages) carry their own credentials: no bearer token leaves for them. */
  readonly withoutToken?: boolean
  /** The service's limits leave it alone (data packages, FO-111): it takes no slot of the budget. A pause that it is asked for holds all the same. */
  readonly isExempt?: boolean
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** Only where `bytes` was asked for. */
  readonly bytes: Buffer
}
