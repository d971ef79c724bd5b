/** What a lookup of a customer holds. */
export interface CustomerReference {
  readonly table: string
  readonly id: string
}

/** *Is Company An Account*: Yes only where the company of a contact is an account. Source: Sales 6.3, Templates 5 S2. */
export const isCompanyAnAccount = (company: CustomerReference | null): boolean => company?.table === 'account'

/** The read-only projections of a contact's company. Source: Sales 1.5. */
export const companyProjections = (
  company: CustomerReference | null,
): { accountid: CustomerReference | null; parentcontactid: CustomerReference | null } => ({
  accountid: company?.table === 'account' ? company : null,
  parentcontactid: company?.table === 'contact' ? company : null,
})
