import type { Row } from './model/plugin.ts'
import { filled, guid, type SendOptions, startPlatform, type TestAnswer, type TestPlatform } from './platform.case.ts'
import type { WireSettings } from './web/exchange.ts'

/** A small data set for FetchXML: four accounts in a tree, five contacts, three orders. The clock stands at Tuesday, 2025-02-11T09:30:00Z. */

const link = (table: string, id: string): Row[string] => ({ table, id: guid(id) })

const ACCOUNTS: readonly Row[] = [
  {
    accountid: guid('41'),
    name: 'Alpha',
    accountnumber: 'A1',
    creditlimit: '10',
    revenue: '100',
    numberofemployees: 5,
    industrycode: 7,
    description: '1,4',
    primarycontactid: link('contact', '51'),
  },
  {
    accountid: guid('42'),
    name: "beta's",
    accountnumber: 'A2',
    creditlimit: '20',
    revenue: '20',
    industrycode: 1,
    creditonhold: true,
    description: '4',
    parentaccountid: link('account', '41'),
  },
  { accountid: guid('43'), name: 'Gamma 100%', creditlimit: '30', address1_city: 'Ærøskøbing', parentaccountid: link('account', '42') },
  { accountid: guid('44'), name: 'delta', accountnumber: 'A4', numberofemployees: 12, industrycode: 7 },
]

const CONTACTS: readonly Row[] = [
  { contactid: guid('51'), firstname: 'Ada', lastname: 'Lind', parentcustomerid: link('account', '41'), birthdate: '2025-02-11' },
  { contactid: guid('52'), firstname: 'Bo', lastname: 'Moen', parentcustomerid: link('account', '41'), birthdate: '2025-02-10' },
  { contactid: guid('53'), firstname: 'Cy', lastname: 'Nor', parentcustomerid: link('account', '42'), birthdate: '2024-05-20' },
  { contactid: guid('54'), firstname: 'Di', lastname: 'Odd', parentcustomerid: link('contact', '51'), birthdate: '2025-03-02' },
  { contactid: guid('55'), firstname: 'Ed', lastname: 'Pil', lastonholdtime: '2025-02-11T07:10:00Z' },
]

const ORDERS: readonly Row[] = [
  { salesorderid: guid('05'), name: 'Order A', totalamount: '12480' },
  { salesorderid: guid('11'), name: 'Order B', totalamount: '6240' },
  { salesorderid: guid('20'), name: 'order a', totalamount: '100' },
]

export interface FetchPlatform extends TestPlatform {
  /** Sends FetchXML to a set; `{G:nn}` stands for a fixed id. */
  fetch(set: string, xml: string, options?: SendOptions): Promise<TestAnswer>
}

/** The option as a URL holds it. */
export const fetchOption = (xml: string, name = 'fetchXml'): string => `${name}=${encodeURIComponent(filled(xml))}`

/** Starts a platform with the data set. */
export async function startFetch(t: Parameters<typeof startPlatform>[0], settings: Partial<WireSettings> = {}): Promise<FetchPlatform> {
  const started = await startPlatform(t, { empty: true, settings })
  await started.platform.seed([{ table: 'contact', rows: CONTACTS.map(({ parentcustomerid: _, ...row }) => row) }], { plugins: true })
  await started.platform.seed([{ table: 'account', rows: ACCOUNTS }])
  await started.platform.seed([{ table: 'contact', rows: CONTACTS, overwrite: true }])
  await started.platform.seed([{ table: 'salesorder', rows: ORDERS }])
  return { ...started, fetch: (set, xml, options) => started.send('GET', `${set}?${fetchOption(xml)}`, options) }
}

/** A query of accounts by name with one filter. */
export const accountsWhere = (filter: string): string =>
  `<fetch><entity name="account"><attribute name="name"/><order attribute="name"/><filter>${filter}</filter></entity></fetch>`

/** A query of contacts by last name with one filter. */
export const contactsWhere = (filter: string): string =>
  `<fetch><entity name="contact"><attribute name="lastname"/><order attribute="lastname"/><filter>${filter}</filter></entity></fetch>`
