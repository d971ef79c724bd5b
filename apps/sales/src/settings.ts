import { z } from 'zod'

/** Switches of Sales where the public record is silent: one place, easy to change. */
export interface SalesSettings {
  /** Name of the organisation and of its root business unit at the first start. */
  readonly organizationName: string
  /** Account numbers are unique and an alternate key; the last published package dropped that. Source: Sales 6.2. */
  readonly p2cUniqueAccountNumber: boolean
}

export const DEFAULT_SALES_SETTINGS: SalesSettings = { organizationName: 'Prospect to Cash', p2cUniqueAccountNumber: true }

const yesOrNo = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true')

/** Settings of this program alone, by the names of their environment variables. */
export const salesSettings = z
  .object({
    P2C_SALES_ORGANIZATION_NAME: z.string().trim().min(1).max(160).default(DEFAULT_SALES_SETTINGS.organizationName),
    P2C_SALES_UNIQUE_ACCOUNT_NUMBER: yesOrNo.default(DEFAULT_SALES_SETTINGS.p2cUniqueAccountNumber),
  })
  .transform((env): { readonly sales: SalesSettings } => ({
    sales: { organizationName: env.P2C_SALES_ORGANIZATION_NAME, p2cUniqueAccountNumber: env.P2C_SALES_UNIQUE_ACCOUNT_NUMBER },
  }))
