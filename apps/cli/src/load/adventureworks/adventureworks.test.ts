import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, type TestContext, test } from 'vitest'
import { readAdventureWorks } from './adventureworks.ts'

/** A data set as small as it can be; `changes` replaces a file, undefined leaves it out. */
async function aDataSet(t: TestContext, changes: Readonly<Record<string, string | Buffer | undefined>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'p2c-adventureworks-'))
  t.onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const files: Record<string, string | Buffer | undefined> = {
    'stores.csv': 'store_id,name,annual_revenue,specialty,number_employees\n292,"Bikes, Parts & More",80000,Road,7\n294,Café Vélo,,,\n',
    'customers.csv':
      'customer_id,account_number,person_id,store_id\n1,AW00000001,,292\n11000,AW00011000,13531,\n29485,AW00029485,293,292\n',
    'persons.csv':
      'person_id,first_name,last_name,gender,email,phone,job_title\n293,Catherine,Abel,F,c@x.example,555,Owner\n13531,Jón,,M,,,\n77,,Madonna,,,,\n',
    'store_contacts.csv': 'store_id,person_id,contact_type\n294,77,Owner\n',
    'addresses.csv':
      'address_id,line1,line2,city,state_code,country_code,postal_code\n1,1 Main St,Suite 2,Ottawa,ON,CA,K4B 1S2\n2,2 rue Été,,Paris,,FR,75001\n3,Second home,,Nice,,FR,\n',
    'party_addresses.csv': 'party_id,address_id\n292,1\n13531,2\n13531,3\n',
    'products.csv':
      'product_number,name,category,color,standard_cost,list_price\nFR-R92B-58,HL Road Frame,Frames,Black,1059.31,1431.5\nX-1,Bolt,,,0,0\n',
    'order_headers.csv': 'customer_id\n11000\n11000\n',
    ...changes,
  }
  for (const [name, content] of Object.entries(files)) if (content !== undefined) await writeFile(join(folder, name), content)
  return folder
}

test('stores become accounts under their customer number, with address, currency and text in all letters', async (t) => {
  const { accounts } = await readAdventureWorks(await aDataSet(t))
  expect(accounts).toEqual([
    {
      number: 'AW00000001',
      name: 'Bikes, Parts & More',
      currency: 'CAD',
      address: { street: '1 Main St, Suite 2', city: 'Ottawa', state: 'ON', postalCode: 'K4B 1S2', country: 'CA' },
      creditLimit: '80000',
      employees: 7,
      description: 'Specialty: Road',
    },
    { number: 'S-294', name: 'Café Vélo', currency: 'USD', creditLimit: '0', employees: 0 },
  ])
})

test('people become contacts; those who ordered are active; one name alone is the last name; the first address counts', async (t) => {
  const { contacts } = await readAdventureWorks(await aDataSet(t))
  expect(contacts).toEqual([
    {
      number: 'AW00029485',
      firstName: 'Catherine',
      lastName: 'Abel',
      accountNumber: 'AW00000001',
      activeCustomer: false,
      currency: 'USD',
      email: 'c@x.example',
      phone: '555',
      jobTitle: 'Owner',
      genderCode: 2,
    },
    {
      number: 'AW00011000',
      lastName: 'Jón',
      activeCustomer: true,
      currency: 'EUR',
      address: { street: '2 rue Été', city: 'Paris', postalCode: '75001', country: 'FR' },
      genderCode: 1,
    },
    { number: 'P-77', lastName: 'Madonna', accountNumber: 'S-294', activeCustomer: false, currency: 'USD' },
  ])
})

test('products keep their numbers and prices as they are written', async (t) => {
  const { products } = await readAdventureWorks(await aDataSet(t))
  expect(products).toEqual([
    {
      number: 'FR-R92B-58',
      name: 'HL Road Frame',
      description: 'Frames, Black',
      type: 'Item',
      unit: 'ea',
      salesPrice: '1431.5',
      unitCost: '1059.31',
    },
    { number: 'X-1', name: 'Bolt', type: 'Item', unit: 'ea', salesPrice: '0', unitCost: '0' },
  ])
})

test('packed files, a byte-order mark and Windows line ends are read alike', async (t) => {
  const stores = '\uFEFFstore_id,name,annual_revenue,specialty,number_employees\r\n292,"Two\r\nlines",1,,1\r\n'
  const folder = await aDataSet(t, { 'stores.csv': undefined, 'stores.csv.gz': gzipSync(stores) })
  expect((await readAdventureWorks(folder)).accounts).toMatchObject([{ name: 'Two\r\nlines' }])
})

test('a data set without rows is an empty one', async (t) => {
  const folder = await aDataSet(t, { 'products.csv': 'product_number,name,category,color,standard_cost,list_price\n' })
  expect((await readAdventureWorks(folder)).products).toEqual([])
})

const BROKEN: readonly (readonly [string, Readonly<Record<string, string | Buffer | undefined>>, string, RegExp])[] = [
  ['a missing file', { 'persons.csv': undefined }, 'data-set-incomplete', /persons\.csv\.gz is not there.*folder/],
  ['a missing column', { 'products.csv': 'product_number,name\nA,B\n' }, 'data-set-incomplete', /products has no column category, color/],
  ['a packed file that is none', { 'stores.csv.gz': 'store_id' }, 'data-set-unreadable', /stores\.csv\.gz cannot be read.*Fetch/],
  ['a packed file that is cut off', { 'stores.csv.gz': gzipSync('x'.repeat(10_000)).subarray(0, 20) }, 'data-set-unreadable', /stores/],
  ['a packed file that is far too large', { 'stores.csv.gz': gzipSync(Buffer.alloc(70 * 1024 * 1024)) }, 'data-set-unreadable', /stores/],
  ['rows of different lengths', { 'stores.csv': 'store_id,name\n1,2,3\n' }, 'data-set-unreadable', /stores/],
]

test.each(BROKEN)('%s is a clear error', async (_name, changes, code, message) => {
  const cleanUps: (() => unknown)[] = []
  const folder = await aDataSet({ onTestFinished: (callback: () => unknown) => cleanUps.push(callback) } as unknown as TestContext, changes)
  try {
    await expect(readAdventureWorks(folder)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  } finally {
    for (const cleanUp of cleanUps) await cleanUp()
  }
})
