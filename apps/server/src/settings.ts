import { keySetting } from '@p2c/base'
import { z } from 'zod'

/** Settings of the integrator beyond those of every program, by their environment variables. */
export const serverSettings = z
  .object({
    P2C_PROGRAM_SALES_URL: z.url('must be the address of the Sales application'),
    P2C_PROGRAM_SALES_CLIENT_ID: z.string('is missing').min(1),
    P2C_PROGRAM_SALES_CLIENT_SECRET: z.string('is missing').min(1),
    P2C_PROGRAM_SUPPLY_CHAIN_URL: z.url('must be the address of the Supply Chain application'),
    P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_ID: z.string('is missing').min(1),
    P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_SECRET: z.string('is missing').min(1),
    P2C_PROGRAM_ENCRYPTION_KEY: keySetting,
    P2C_PROGRAM_TEMPLATES: z.string('is missing').min(1),
    P2C_PROGRAM_BUSINESS_UNIT: z.string().min(1).default('Prospect to Cash'),
    P2C_PROGRAM_LEGAL_ENTITY: z.string().min(1).default('usmf'),
  })
  .transform((env) => ({
    sales: { url: env.P2C_PROGRAM_SALES_URL, clientId: env.P2C_PROGRAM_SALES_CLIENT_ID, clientSecret: env.P2C_PROGRAM_SALES_CLIENT_SECRET },
    supplyChain: {
      url: env.P2C_PROGRAM_SUPPLY_CHAIN_URL,
      clientId: env.P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_ID,
      clientSecret: env.P2C_PROGRAM_SUPPLY_CHAIN_CLIENT_SECRET,
    },
    encryptionKey: env.P2C_PROGRAM_ENCRYPTION_KEY,
    templatesFolder: env.P2C_PROGRAM_TEMPLATES,
    organisation: { businessUnit: env.P2C_PROGRAM_BUSINESS_UNIT, legalEntity: env.P2C_PROGRAM_LEGAL_ENTITY },
  }))
