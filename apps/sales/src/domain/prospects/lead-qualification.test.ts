import { expect, test } from 'vitest'
import {
  LEAD_TO_ACCOUNT,
  LEAD_TO_CONTACT,
  LEAD_TO_OPPORTUNITY,
  mapLead,
  opportunityParties,
  planQualification,
} from './lead-qualification.ts'

const A = { table: 'account', id: 'a' }
const C = { table: 'contact', id: 'c' }
const ALL = { createAccount: true, createContact: true, createOpportunity: true }

test('only filled columns go to a new row, so that its own defaults stand', () => {
  const lead = {
    companyname: 'Nordkai Yards',
    telephone1: null,
    address1_city: 'Bergen',
    address1_composite: 'Bergen',
    subject: 'Winches',
    donotemail: false,
  }
  expect(mapLead(lead, LEAD_TO_ACCOUNT)).toEqual({ name: 'Nordkai Yards', address1_city: 'Bergen' })
  expect(mapLead(lead, LEAD_TO_CONTACT)).toEqual({ donotemail: false, address1_city: 'Bergen' })
  expect(mapLead({ ...lead, estimatedamount: '12480.5' }, LEAD_TO_OPPORTUNITY)).toEqual({ name: 'Winches', estimatedvalue: '12480.5' })
})

test.each([
  [
    { companyname: 'Nordkai Yards' },
    ALL,
    { createAccount: true, createContact: true, createOpportunity: true, account: null, contact: null },
  ],
  [{ companyname: '  ' }, ALL, { createAccount: false }],
  [{}, ALL, { createAccount: false, createContact: true }],
  [{ companyname: 'Nordkai Yards', parentaccountid: A }, ALL, { createAccount: false, account: A, createContact: true }],
  [{ companyname: 'Nordkai Yards', parentcontactid: C }, ALL, { createAccount: true, createContact: false, contact: C }],
  [
    { companyname: 'Nordkai Yards', parentaccountid: A },
    { ...ALL, createAccount: false },
    { createAccount: false, account: A },
  ],
  [
    { companyname: 'Nordkai Yards' },
    { ...ALL, createContact: false, createOpportunity: false },
    { createContact: false, createOpportunity: false },
  ],
])('lead %j with wishes %j', (lead, wishes, plan) => {
  expect(planQualification(lead, wishes)).toMatchObject(plan)
})

test.each([
  [{ customer: null, account: A, contact: C }, [A, A, C]],
  [{ customer: null, account: null, contact: C }, [C, null, C]],
  [{ customer: null, account: null, contact: null }, [null, null, null]],
  [{ customer: { table: 'account', id: 'b' }, account: A, contact: C }, [{ table: 'account', id: 'b' }, { table: 'account', id: 'b' }, C]],
  [{ customer: { table: 'contact', id: 'd' }, account: A, contact: C }, [{ table: 'contact', id: 'd' }, A, { table: 'contact', id: 'd' }]],
])('parties %j', (parties, [customerid, parentaccountid, parentcontactid]) => {
  expect(opportunityParties(parties)).toEqual({ customerid, parentaccountid, parentcontactid })
})
