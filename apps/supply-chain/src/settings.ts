import { z } from 'zod'

/** Switches of Supply Chain where the public record is silent: one place, easy to change. */
export interface SupplyChainSettings {
  /** Default company of the user that clients are mapped to. */
  readonly defaultCompany: string
  /** Rows of one reply at most. Source: protocol specification, section 9. */
  readonly pageSize: number
  /** Answers `contains()`, `startswith()`, `endswith()` and `in` on `/data` instead of refusing them (FO-056). */
  readonly isPermissive: boolean
}

/** What holds where no variable says otherwise. */
export const DEFAULT_SUPPLY_CHAIN_SETTINGS: SupplyChainSettings = { defaultCompany: 'usmf', pageSize: 10_000, isPermissive: false }

const yesOrNo = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true')

/** Settings of this program alone, by the names of their environment variables. */
export const supplyChainSettings = z
  .object({
    P2C_SUPPLY_CHAIN_DEFAULT_COMPANY: z.string().trim().min(1).max(4).default(DEFAULT_SUPPLY_CHAIN_SETTINGS.defaultCompany),
    P2C_SUPPLY_CHAIN_PAGE_SIZE: z.coerce.number().int().min(1).max(10_000).default(DEFAULT_SUPPLY_CHAIN_SETTINGS.pageSize),
    P2C_SUPPLY_CHAIN_PERMISSIVE: yesOrNo.default(DEFAULT_SUPPLY_CHAIN_SETTINGS.isPermissive),
  })
  .transform((env): { readonly supplyChain: SupplyChainSettings } => ({
    supplyChain: {
      defaultCompany: env.P2C_SUPPLY_CHAIN_DEFAULT_COMPANY.toLowerCase(),
      pageSize: env.P2C_SUPPLY_CHAIN_PAGE_SIZE,
      isPermissive: env.P2C_SUPPLY_CHAIN_PERMISSIVE,
    },
  }))
