interface Reference {
  readonly table: string
  readonly id: string
}

/** What a write says about the parties of an opportunity: absent is not written, null is emptied. */
export interface WrittenParties {
  readonly customerid?: Reference | null
  readonly parentaccountid?: Reference | null
  readonly parentcontactid?: Reference | null
}

export interface Parties {
  readonly customerid: Reference | null
  readonly parentaccountid: Reference | null
  readonly parentcontactid: Reference | null
}

/**
 * Customer, account and contact of an opportunity after a write. The account is the customer, without one the contact is. A written
 * customer stands for the account or contact that the write does not name; a contact as customer, or none, takes the account away.
 * Source: Sales 1.6.
 */
export function opportunityPartiesAfter(stored: Parties, written: WrittenParties): Parties {
  const customer = written.customerid
  const parentaccountid = customer?.table === 'account' ? (written.parentaccountid ?? customer) : accountWithout(stored, written)
  const parentcontactid = customer?.table === 'contact' ? (written.parentcontactid ?? customer) : contactWithout(stored, written)
  return { customerid: parentaccountid ?? parentcontactid, parentaccountid, parentcontactid }
}

const accountWithout = (stored: Parties, written: WrittenParties): Reference | null => {
  if (written.parentaccountid !== undefined) return written.parentaccountid
  return written.customerid === undefined ? stored.parentaccountid : null
}

const contactWithout = (stored: Parties, written: WrittenParties): Reference | null => {
  if (written.parentcontactid !== undefined) return written.parentcontactid
  return written.customerid === null ? null : stored.parentcontactid
}
