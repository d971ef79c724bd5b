/** What a loader puts into the two applications, in neutral words. Texts fit the narrower of the two sides. */
export interface LoadAddress {
  readonly street: string
  readonly city: string
  readonly state?: string
  readonly postalCode?: string
  /** As people type it: `US`, `USA`, `Germany`, `DEU`. */
  readonly country: string
}

export interface LoadAccount {
  /** At most 20 characters. */
  readonly number: string
  readonly name: string
  /** ISO 4217. */
  readonly currency: string
  readonly address?: LoadAddress
  readonly email?: string
  readonly phone?: string
  readonly website?: string
  /** Plain decimal text in the account's currency. */
  readonly creditLimit?: string
  readonly employees?: number
  readonly description?: string
}

export interface LoadContact {
  /** At most 20 characters. */
  readonly number: string
  readonly firstName?: string
  readonly middleName?: string
  readonly lastName?: string
  /** Number of the account that the contact works for. */
  readonly accountNumber?: string
  /** Has bought something: goes to Supply Chain as a customer. */
  readonly activeCustomer: boolean
  readonly currency: string
  readonly address?: LoadAddress
  readonly email?: string
  readonly phone?: string
  readonly jobTitle?: string
  /** 1 male, 2 female. */
  readonly genderCode?: 1 | 2
  /** `YYYY-MM-DD` */
  readonly birthDate?: string
}

export interface LoadProduct {
  /** At most 20 characters. */
  readonly number: string
  readonly name: string
  readonly description?: string
  readonly type: 'Item' | 'Service'
  /** Unit symbol of Supply Chain. */
  readonly unit: string
  /** Plain decimal text per unit, in the accounting currency. */
  readonly salesPrice: string
  readonly unitCost: string
}

export interface LoadSet {
  readonly accounts: readonly LoadAccount[]
  readonly contacts: readonly LoadContact[]
  readonly products: readonly LoadProduct[]
}
