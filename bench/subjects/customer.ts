import type { StubAccount } from '../stub/account.ts'
import { NAME_LENGTH, PAYMENT_TERMS } from './fields.ts'

const COUNTRIES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['US', 'USA', 'United States'],
    ['DE', 'DEU', 'Germany'],
    ['FR', 'FRA', 'France'],
    ['GB', 'GBR', 'United Kingdom'],
    ['CA', 'CAN', 'Canada'],
    ['BR', 'BRA', 'Brazil'],
  ].flatMap(([code = '', ...others]) => [code, ...others].map((name) => [name.toLowerCase(), code])),
)

/** The field pairs of `accountsTask` as one would write them by hand, for these rows and no others. */
export function toCustomer(account: StubAccount): object {
  const name = String(account.name)
  const country = account.address1_country
  return {
    CustomerAccount: account.accountnumber,
    OrganizationName: name.length > NAME_LENGTH ? name.slice(0, NAME_LENGTH) : name,
    PartyType: 'Organization',
    SalesCurrencyCode: account['transactioncurrencyid.isocurrencycode'],
    PaymentTerms: PAYMENT_TERMS[String(account.paymenttermscode ?? '') as keyof typeof PAYMENT_TERMS],
    AddressStreet: account.address1_line1,
    AddressCity: account.address1_city,
    AddressZipCode: account.address1_postalcode,
    AddressCountryRegionISOCode: country === null ? 'US' : COUNTRIES[String(country).toLowerCase()],
    PrimaryContactEmail: account.emailaddress1,
    PrimaryContactPhone: account.telephone1,
    CreditLimit: account.creditlimit ?? '0',
  }
}
