import { z } from 'zod'
import { OUR_SOLUTION, parseVersion } from './domain/p2c/p2c-solution.ts'
import { DEFAULT_SALES_SWITCHES, INVOICE_ARRIVALS, type SalesSwitches } from './domain/sales-switches.ts'

/** Switches of Sales where the public record is silent: one place, easy to change. */
export interface SalesSettings extends SalesSwitches {
  /** Name of the organisation and of its root business unit at the first start. */
  readonly organizationName: string
  /** Account numbers are unique and an alternate key; the last published package dropped that. Source: Sales 6.2. */
  readonly p2cUniqueAccountNumber: boolean
  /** The first start on a database installs the Prospect to Cash solution. Later ones leave it as they find it. */
  readonly installSolution: boolean
  /** The version of it that is installed then. */
  readonly solutionVersion: string
  /** What `RetrieveVersion` answers; undefined: the version whose behaviour this program follows. */
  readonly version?: string | undefined
}

export const DEFAULT_SALES_SETTINGS: SalesSettings = {
  organizationName: 'Prospect to Cash',
  p2cUniqueAccountNumber: true,
  installSolution: true,
  solutionVersion: OUR_SOLUTION.version,
  ...DEFAULT_SALES_SWITCHES,
}

const yesOrNo = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true')

/** Four whole numbers, as `1.15.0.0`. */
const versionText = z
  .string()
  .refine((text) => parseVersion(text) !== undefined, 'must be four whole numbers with points between, as in 1.15.0.0')

/** Settings of this program alone, by the names of their environment variables. */
export const salesSettings = z
  .object({
    P2C_SALES_ORGANIZATION_NAME: z.string().trim().min(1).max(160).default(DEFAULT_SALES_SETTINGS.organizationName),
    P2C_SALES_UNIQUE_ACCOUNT_NUMBER: yesOrNo.default(DEFAULT_SALES_SETTINGS.p2cUniqueAccountNumber),
    P2C_SALES_INSTALL_SOLUTION: yesOrNo.default(DEFAULT_SALES_SETTINGS.installSolution),
    P2C_SALES_SOLUTION_VERSION: versionText.default(DEFAULT_SALES_SETTINGS.solutionVersion),
    P2C_SALES_VERSION: versionText.optional(),
    P2C_SALES_INVOICE_ARRIVAL: z.enum(INVOICE_ARRIVALS).default(DEFAULT_SALES_SETTINGS.p2cInvoiceArrival),
    P2C_SALES_LOCK_LINE_DISCOUNT: yesOrNo.default(DEFAULT_SALES_SETTINGS.p2cLockLineDiscount),
    P2C_SALES_INVOICE_CONVERSION_CLOSES_ORDER: yesOrNo.default(DEFAULT_SALES_SETTINGS.invoiceConversionClosesOrder),
    P2C_SALES_REVISE_CLOSES_ACTIVE_QUOTE: yesOrNo.default(DEFAULT_SALES_SETTINGS.reviseClosesActiveQuote),
  })
  .transform((env): { readonly sales: SalesSettings } => ({
    sales: {
      organizationName: env.P2C_SALES_ORGANIZATION_NAME,
      p2cUniqueAccountNumber: env.P2C_SALES_UNIQUE_ACCOUNT_NUMBER,
      installSolution: env.P2C_SALES_INSTALL_SOLUTION,
      solutionVersion: env.P2C_SALES_SOLUTION_VERSION,
      version: env.P2C_SALES_VERSION,
      p2cInvoiceArrival: env.P2C_SALES_INVOICE_ARRIVAL,
      p2cLockLineDiscount: env.P2C_SALES_LOCK_LINE_DISCOUNT,
      invoiceConversionClosesOrder: env.P2C_SALES_INVOICE_CONVERSION_CLOSES_ORDER,
      reviseClosesActiveQuote: env.P2C_SALES_REVISE_CLOSES_ACTIVE_QUOTE,
    },
  }))
