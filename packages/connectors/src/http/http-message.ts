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
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** Only where `bytes` was asked for. */
  readonly bytes: Buffer
}
