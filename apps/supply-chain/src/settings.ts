import { z } from 'zod'
import { hotfixesOf, type ReleaseSettings, SUPPLY_CHAIN_RELEASES, unknownHotfixes } from './domain/release.ts'

/** Switches of Supply Chain where the public record is silent: one place, easy to change. */
export interface SupplyChainSettings extends ReleaseSettings {
  /** Default company of the user that clients are mapped to. */
  readonly defaultCompany: string
  /** Rows of one reply at most. Source: protocol specification, section 9. */
  readonly pageSize: number
  /** Answers `contains()`, `startswith()`, `endswith()` and `in` on `/data` instead of refusing them (FO-056). */
  readonly isPermissive: boolean
}

/** What holds where no variable says otherwise. */
export const DEFAULT_SUPPLY_CHAIN_SETTINGS: SupplyChainSettings = {
  defaultCompany: 'usmf',
  pageSize: 10_000,
  isPermissive: false,
  release: 'current',
  hotfixes: [],
}

const yesOrNo = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true')

/** Two to four whole numbers: `10.0.41`, `7.3.11971.56116`. */
const versionText = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,9}){1,3}$/, 'must be two to four whole numbers with points between, as in 7.3.11971.56116')
  .optional()

const hotfixList = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim().toUpperCase()])))

/** Settings of this program alone, by the names of their environment variables. */
export const supplyChainSettings = z
  .object({
    P2C_SUPPLY_CHAIN_DEFAULT_COMPANY: z.string().trim().min(1).max(4).default(DEFAULT_SUPPLY_CHAIN_SETTINGS.defaultCompany),
    P2C_SUPPLY_CHAIN_PAGE_SIZE: z.coerce.number().int().min(1).max(10_000).default(DEFAULT_SUPPLY_CHAIN_SETTINGS.pageSize),
    P2C_SUPPLY_CHAIN_PERMISSIVE: yesOrNo.default(DEFAULT_SUPPLY_CHAIN_SETTINGS.isPermissive),
    P2C_SUPPLY_CHAIN_RELEASE: z.enum(SUPPLY_CHAIN_RELEASES).default(DEFAULT_SUPPLY_CHAIN_SETTINGS.release),
    P2C_SUPPLY_CHAIN_HOTFIXES: hotfixList,
    P2C_SUPPLY_CHAIN_APPLICATION_VERSION: versionText,
    P2C_SUPPLY_CHAIN_PLATFORM_VERSION: versionText,
  })
  .superRefine((env, context) => {
    const release = env.P2C_SUPPLY_CHAIN_RELEASE
    for (const hotfix of unknownHotfixes({ release, hotfixes: env.P2C_SUPPLY_CHAIN_HOTFIXES })) {
      const known = hotfixesOf(release)
      context.addIssue({
        code: 'custom',
        path: ['P2C_SUPPLY_CHAIN_HOTFIXES'],
        message: `${hotfix} is no hotfix of release ${release}, which has ${known.length === 0 ? 'none' : known.join(', ')}`,
      })
    }
  })
  .transform((env): { readonly supplyChain: SupplyChainSettings } => ({
    supplyChain: {
      defaultCompany: env.P2C_SUPPLY_CHAIN_DEFAULT_COMPANY.toLowerCase(),
      pageSize: env.P2C_SUPPLY_CHAIN_PAGE_SIZE,
      isPermissive: env.P2C_SUPPLY_CHAIN_PERMISSIVE,
      release: env.P2C_SUPPLY_CHAIN_RELEASE,
      hotfixes: env.P2C_SUPPLY_CHAIN_HOTFIXES,
      applicationVersion: env.P2C_SUPPLY_CHAIN_APPLICATION_VERSION,
      platformVersion: env.P2C_SUPPLY_CHAIN_PLATFORM_VERSION,
    },
  }))
