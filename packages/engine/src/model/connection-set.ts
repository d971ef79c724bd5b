import { z } from 'zod'
import { ENVIRONMENT_TYPES, type EnvironmentType, organisationPairSchema } from './documents.ts'

const name = z.string().trim().min(1).max(200)

/** A secret on its way in: the value itself (stored encrypted) or a reference that the caller of the engine resolves (`env:SALES_SECRET`). */
export const secretInputSchema = z.union([z.string().min(1), z.strictObject({ reference: z.string().min(1) })])
export type SecretInput = z.infer<typeof secretInputSchema>

/** What is told of a stored secret: never its value. */
export type StoredSecret = { readonly stored: true } | { readonly reference: string }

/** A secret for the maker of a connector: decrypted, or the reference to resolve. */
export type UsableSecret = { readonly value: string } | { readonly reference: string }

export const connectionSchema = z.strictObject({
  name,
  /** Which slot it fills: `CRM` Sales, `AX` Supply Chain, `CDS` the hub of tasks with two legs. */
  environmentType: z.enum(ENVIRONMENT_TYPES),
  baseUrl: z.url({ protocol: /^https?$/ }),
  /** Whatever else the connector needs and may be shown: token end point, client id, environment name. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** A secret that is left out keeps its stored value. */
  secrets: z.record(z.string(), secretInputSchema).default({}),
})

export const integrationKeySchema = z.strictObject({
  environmentType: z.enum(ENVIRONMENT_TYPES),
  entity: name,
  fields: z.array(name).min(1),
})
/** The ordered fields that identify a row of an entity (integration specification 4.2). */
export type IntegrationKey = z.infer<typeof integrationKeySchema>

export const connectionSetSchema = z.strictObject({
  name,
  connections: z.array(connectionSchema).min(2).max(3),
  organisations: z.array(organisationPairSchema).min(1),
  integrationKeys: z.array(integrationKeySchema).default([]),
})

/** Input of `saveConnectionSet`. */
export type ConnectionSetInput = z.input<typeof connectionSetSchema>
export type ParsedConnectionSet = z.output<typeof connectionSetSchema>

/** End point and settings of one system as they are shown; secrets only by name. */
export interface Connection {
  readonly name: string
  readonly environmentType: EnvironmentType
  readonly baseUrl: string
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly secrets: Readonly<Record<string, StoredSecret>>
}

/** A reusable bundle of connections, organisation rows and integration keys (integration specification 4). */
export interface ConnectionSet {
  readonly name: string
  readonly connections: readonly Connection[]
  readonly organisations: readonly { readonly businessUnit: string; readonly legalEntity: string }[]
  readonly integrationKeys: readonly IntegrationKey[]
}

/** One environment that a task reads or writes: all that is needed to make its connector. */
export interface ConnectedEnvironment {
  readonly connectionSetName: string
  readonly environmentType: EnvironmentType
  readonly connectionName: string
  readonly baseUrl: string
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly secrets: Readonly<Record<string, UsableSecret>>
}
