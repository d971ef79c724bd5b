import { join } from 'node:path'
import { openScratchDatabase, randomIds, silentLogger, systemClock, type TestScope } from '@p2c/base'
import { createEngine, type Engine, type Execution, type Project } from '@p2c/engine'
import { connectorFor } from '../../apps/server/src/connectors.ts'
import { LOCAL_PROJECTS, setUpLocally } from '../../apps/server/src/setup/local-set-up.ts'
import { createWire, type Row, signIn, type Wire } from '../scenarios/kit/wire.ts'
import { type RunningApplication, startSalesApplication, startSupplyChainApplication } from '../support/connected-applications.ts'

/** The company of the round trips and the business unit that it is paired with. */
export const COMPANY = 'usmf'
const BUSINESS_UNIT = 'Prospect to Cash'

/** A currency as both sides keep it: Sales by decimals, Supply Chain by rounding rules. */
export interface TradedCurrency {
  readonly code: string
  readonly decimals: number
  /** To what Supply Chain rounds the discount per unit. */
  readonly priceRounding: string
  readonly priceList: string
}

/** Two, four places in prices, none and three. */
export const CURRENCIES: readonly TradedCurrency[] = [
  { code: 'USD', decimals: 2, priceRounding: '0.01', priceList: 'CRM Service USA (sample)' },
  { code: 'EUR', decimals: 2, priceRounding: '0.0001', priceList: 'CRM Service Europe (sample)' },
  { code: 'JPY', decimals: 0, priceRounding: '1', priceList: 'Yen' },
  { code: 'BHD', decimals: 3, priceRounding: '0.001', priceList: 'Dinar' },
]

/** Decimals of prices in Sales: the most that it has, so that a price of Supply Chain per 100 fits. */
export const PRICE_DECIMALS = 4

export interface TradedProduct {
  readonly number: string
  readonly unit: string
  /** Decimals of quantities. */
  readonly decimals: number
}

export const PRODUCTS: readonly TradedProduct[] = [
  { number: 'RT-EA', unit: 'ea', decimals: 0 },
  { number: 'RT-BOX', unit: 'box', decimals: 0 },
  { number: 'RT-KG', unit: 'kg', decimals: 3 },
  { number: 'RT-LB', unit: 'lb', decimals: 2 },
  { number: 'RT-HR', unit: 'hr', decimals: 2 },
]

export interface TradedCustomer {
  readonly number: string
  readonly isContact: boolean
  /** Pays 8 per cent sales tax on goods and freight. */
  readonly isTaxed: boolean
}

export const CUSTOMERS: readonly TradedCustomer[] = [
  { number: 'RT-A1', isContact: false, isTaxed: true },
  { number: 'RT-A2', isContact: false, isTaxed: false },
  { number: 'RT-A3', isContact: false, isTaxed: true },
  { number: 'RT-C1', isContact: true, isTaxed: true },
  { number: 'RT-C2', isContact: true, isTaxed: false },
]

/** Both applications and the integrator in this process, with master data on both sides. */
export interface World {
  /** As a user without rights beyond those of a seller. */
  readonly seller: Wire
  /** As the integration user. */
  readonly sales: Wire
  /** Below `/data`. */
  readonly supplyChain: Wire
  /** A command of Supply Chain in the company of the round trips. */
  command(name: string, body: Row): Promise<Row>
  /** Runs a project to its end, whatever becomes of single rows; throws where it could not run at all. */
  run(project: ProjectName, options?: { readonly allData?: boolean }): Promise<Execution>
  readonly engine: Engine
  /** Ids of Sales by what they are known by: `account RT-A1`, `product RT-EA`, `unit ea`, `currency USD`, `list USD`. */
  readonly ids: ReadonlyMap<string, string>
}

export type ProjectName = 'products' | 'accounts' | 'contacts-to-customer' | 'orders-to-supply-chain' | 'orders-to-sales' | 'invoices'

/** Everything that a round trip needs before its first order; the customers and products have gone through D1, D3 and D4. */
export async function startWorld(scope: TestScope): Promise<World> {
  const [salesApp, supplyChainApp] = await Promise.all([startSalesApplication(scope), startSupplyChainApplication(scope)])
  const [salesToken, supplyChainToken] = await Promise.all([signIn(salesApp), signIn(supplyChainApp)])
  const salesRoot = `${salesApp.url}/api/data/v9.2`
  const sales = createWire(salesRoot, salesToken)
  const administrator = await sales.row('systemusers', "fullname eq 'System Administrator'")
  const commands = createWire(`${supplyChainApp.url}/api/commands`, supplyChainToken)
  const engine = await startEngine(scope, salesApp, supplyChainApp)
  const ids = new Map<string, string>()
  const world: World = {
    seller: createWire(salesRoot, salesToken, { mscrmcallerid: String(administrator.systemuserid) }),
    sales,
    supplyChain: createWire(`${supplyChainApp.url}/data`, supplyChainToken),
    command: async (name, body) => commands.send('POST', `/${name}`, { dataAreaId: COMPANY, ...body }),
    run: (project, options = {}) => run(engine, project, options),
    engine,
    ids,
  }
  await setUpSupplyChain(world)
  await setUpSales(world, ids)
  await bringMasterData(world, ids)
  return world
}

async function startEngine(scope: TestScope, sales: RunningApplication, supplyChain: RunningApplication): Promise<Engine> {
  const engine = createEngine({
    database: await openScratchDatabase(scope),
    connectorFor: (environment, { budgetOf }) => connectorFor(environment, { clock: systemClock, log: silentLogger, budgetOf }),
    clock: systemClock,
    ids: randomIds,
    log: silentLogger,
    secretsKey: Buffer.alloc(32, 1),
  })
  scope.onTestFinished(() => engine.stop())
  await engine.start()
  const templatesFolder = join(import.meta.dirname, '../../templates')
  const organisation = { businessUnit: BUSINESS_UNIT, legalEntity: COMPANY }
  await setUpLocally(engine, { templatesFolder, sales, supplyChain, organisation }, silentLogger)
  for (const { name } of LOCAL_PROJECTS) {
    const project = await engine.findProject(name)
    if (project !== undefined) await engine.saveProject(completed(project))
  }
  return engine
}

/** What the customer completes before first use: the price list of each currency, and the decimals that a quantity of each unit has. */
function completed(project: Project): Project {
  const lists = Object.fromEntries(CURRENCIES.map(({ code, priceList }) => [code.toLowerCase(), priceList]))
  const decimals = Object.fromEntries(PRODUCTS.map(({ unit, decimals: places }) => [unit, String(places)]))
  const changed = (field: Project['entityMappingTasks'][number]['legs'][number]['fieldMappings'][number]) => {
    const mapped = (valueMap: Readonly<Record<string, string>>) => [{ transformType: 'ValueMap' as const, valueMap }]
    if (field.destinationField === 'pricelevelid.name') return { ...field, valueTransforms: mapped(lists) }
    if (field.destinationField === 'quantitydecimal') return { ...field, sourceField: 'SalesUnitSymbol', valueTransforms: mapped(decimals) }
    return field
  }
  return {
    ...project,
    entityMappingTasks: project.entityMappingTasks.map((task) => ({
      ...task,
      legs: task.legs.map((leg) => ({ ...leg, fieldMappings: leg.fieldMappings.map(changed) })),
    })) as unknown as Project['entityMappingTasks'],
  }
}

async function run(engine: Engine, project: ProjectName, options: { readonly allData?: boolean }): Promise<Execution> {
  const { id } = await engine.startExecution(project, options)
  let last: Execution | undefined
  for await (const execution of engine.subscribe(id)) last = execution
  if (last === undefined || last.error !== undefined) throw new Error(`project ${project}: ${JSON.stringify(last)}`)
  return last
}

async function setUpSupplyChain({ supplyChain }: World): Promise<void> {
  for (const { code, decimals, priceRounding } of CURRENCIES) {
    const rule = Number(`1e-${decimals}`)
    const rules = { GeneralRoundingRule: rule, RoundingRuleSalesOrders: rule, RoundingRulePrices: Number(priceRounding) }
    if (code === 'BHD') await supplyChain.send('POST', '/Currencies', { CurrencyCode: code, Name: 'Bahraini Dinar', ...rules })
    else await supplyChain.send('PATCH', `/Currencies('${code}')`, rules)
  }
  for (const [FromCurrency, Rate] of [
    ['JPY', 0.66],
    ['BHD', 265],
  ])
    await supplyChain.send('POST', '/ExchangeRates', {
      ...{ RateTypeName: 'Default', FromCurrency, ToCurrency: 'USD', StartDate: '2020-01-01', Rate, ConversionFactor: 'Hundred' },
    })
  for (const { number, unit } of PRODUCTS) {
    await supplyChain.send('POST', '/ReleasedProductCreationsV2', {
      ...{ dataAreaId: COMPANY, ItemNumber: number, ProductNumber: number, ProductName: `Goods by ${unit}` },
      ...{ ProductType: 'Item', ProductSubType: 'Product', ItemModelGroupId: 'NONSTOCK', ProductGroupId: 'Goods' },
      ...{ StorageDimensionGroupName: 'SiteWH', TrackingDimensionGroupName: 'None', InventoryUnitSymbol: unit },
      SalesPrice: 12.5,
    })
    const place = { SalesSiteId: '1', SalesWarehouseId: '13' }
    await supplyChain.send('POST', '/ProductDefaultOrderSettings', { dataAreaId: COMPANY, ItemNumber: number, ...place })
  }
}

async function setUpSales({ sales }: World, ids: Map<string, string>): Promise<void> {
  const organisation = (await sales.get('/organizations')).value[0]
  await sales.send('PATCH', `/organizations(${organisation.organizationid})`, {
    pricingdecimalprecision: PRICE_DECIMALS,
    createproductswithoutparentinactivestate: true,
  })
  for (const { code, decimals, priceList } of CURRENCIES) {
    const [known] = await sales.rows('transactioncurrencies', `isocurrencycode eq '${code}'`)
    const currency =
      known ??
      (await sales.send('POST', '/transactioncurrencies', {
        ...{ isocurrencycode: code, currencyname: code, currencysymbol: code, currencyprecision: decimals, exchangerate: 1.5 },
      }))
    const bind = { 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${currency.transactioncurrencyid})` }
    const [list] = await sales.rows('pricelevels', `name eq '${priceList}'`)
    const { pricelevelid } = list ?? (await sales.send('POST', '/pricelevels', { name: priceList, ...bind }))
    ids.set(`currency ${code}`, currency.transactioncurrencyid).set(`list ${code}`, pricelevelid)
  }
  const dollars = { 'transactioncurrencyid@odata.bind': `/transactioncurrencies(${ids.get('currency USD')})` }
  for (const { number, isContact } of CUSTOMERS) {
    const row = isContact
      ? await sales.send('POST', '/contacts', { lastname: `Lind ${number}`, msdynce_contactnumber: number, ...dollars })
      : await sales.send('POST', '/accounts', { name: `Halvorsen ${number}`, accountnumber: number, ...dollars })
    ids.set(`customer ${number}`, String(row.contactid ?? row.accountid))
    // A first document makes the contact an active customer, whom D3 sends.
    if (isContact)
      await sales.send('POST', '/salesorders', {
        ...{ name: 'First contact', ...dollars, 'pricelevelid@odata.bind': `/pricelevels(${ids.get('list USD')})` },
        'customerid_contact@odata.bind': `/contacts(${row.contactid})`,
      })
  }
}

async function bringMasterData(world: World, ids: Map<string, string>): Promise<void> {
  for (const project of ['products', 'accounts', 'contacts-to-customer'] as const) {
    const execution = await world.run(project)
    if (execution.status !== 'completed') throw new Error(`${project}: ${JSON.stringify(await world.engine.listRecordErrors())}`)
  }
  for (const { number, isTaxed } of CUSTOMERS) {
    if (!isTaxed) continue
    const address = `/CustomersV3(dataAreaId='${COMPANY}',CustomerAccount='${number}')?cross-company=true`
    await world.supplyChain.send('PATCH', address, { SalesTaxGroup: 'TX' })
  }
  for (const { number } of PRODUCTS) {
    const product = await world.sales.row('products', `productnumber eq '${number}'`)
    ids.set(`product ${number}`, product.productid).set(`unit of ${number}`, product._defaultuomid_value)
  }
}
