import type { SeedRows } from './seed-rows.ts'

/** A demo legal entity. */
export interface DemoCompany {
  readonly id: string
  readonly name: string
  readonly languageId: string
  readonly currencyCode: string
  readonly countryRegionId: string
  readonly countryIsoCode: string
  readonly timeZone: string
}

/** Companies of a fresh database. */
export const DEMO_COMPANIES: readonly DemoCompany[] = [
  {
    id: 'usmf',
    name: 'Contoso Entertainment System USA',
    languageId: 'en-us',
    currencyCode: 'USD',
    countryRegionId: 'USA',
    countryIsoCode: 'US',
    timeZone: 'GMTMINUS0600CENTRALTIME',
  },
  {
    id: 'demf',
    name: 'Contoso Entertainment System Germany',
    languageId: 'de',
    currencyCode: 'EUR',
    countryRegionId: 'DEU',
    countryIsoCode: 'DE',
    timeZone: 'GMTPLUS0100_AMSTERDAM_BERLIN_BERN_ROME_STOCKHOLM_VIENNA',
  },
]

const CUSTOMER_GROUPS = [
  { CustomerGroupId: '10', Description: 'Wholesale customers', PaymentTermId: 'Net30' },
  { CustomerGroupId: '20', Description: 'Major customers', PaymentTermId: 'Net30' },
  { CustomerGroupId: '30', Description: 'Retail customers', PaymentTermId: 'Net10' },
  { CustomerGroupId: '80', Description: 'Other customers', PaymentTermId: 'Net10' },
]

const PAYMENT_TERMS = [
  { Name: 'Net10', Description: 'Net 10 days', NumberOfDays: '10' },
  { Name: 'Net30', Description: 'Net 30 days', NumberOfDays: '30' },
  { Name: 'Net45', Description: 'Net 45 days', NumberOfDays: '45' },
  { Name: 'Net60', Description: 'Net 60 days', NumberOfDays: '60' },
  { Name: 'CM+15', Description: 'End of month and 15 days', PaymentMethodType: 'CurrentMth', NumberOfDays: '15' },
  { Name: 'COD', Description: 'Cash on delivery', PaymentMethodType: 'COD', IsCashPayment: 'Yes' },
]

const SITES = [
  { SiteId: '1', SiteName: 'Site 1' },
  { SiteId: '2', SiteName: 'Site 2' },
]

const warehouse = (WarehouseId: string, OperationalSiteId: string, WarehouseType = 'Standard') => ({
  WarehouseId,
  WarehouseName: `Warehouse ${WarehouseId}`,
  OperationalSiteId,
  WarehouseType,
})

const WAREHOUSES = [
  warehouse('11', '1'),
  warehouse('12', '1'),
  warehouse('13', '1'),
  warehouse('21', '2'),
  warehouse('22', '2'),
  warehouse('23', '2'),
  warehouse('18', '1', 'Quarantine'),
  warehouse('19', '1', 'Transit'),
]

const POLICIES = [
  { PolicyId: 'FIFO', PolicyName: 'First in, first out', CostingMethod: 'FIFO', IsStockedProduct: 'Yes' },
  { PolicyId: 'AVG', PolicyName: 'Moving average', CostingMethod: 'MovingAverage', IsStockedProduct: 'Yes' },
  { PolicyId: 'STD', PolicyName: 'Standard cost', CostingMethod: 'StdCost', IsStockedProduct: 'Yes' },
  { PolicyId: 'NONSTOCK', PolicyName: 'Not stocked', CostingMethod: 'FIFO', IsStockedProduct: 'No' },
  { PolicyId: 'Service', PolicyName: 'Services', CostingMethod: 'FIFO', IsStockedProduct: 'No' },
]

const PRODUCT_GROUPS = [
  ['Audio', 'Audio'],
  ['TV&Video', 'Television and video'],
  ['Parts', 'Parts and components'],
  ['Goods', 'Trading goods'],
  ['Services', 'Services'],
].map(([GroupId = '', GroupName = '']) => ({ GroupId, GroupName, DefaultSalesSalesTaxItemGroupCode: 'ALL' }))

/** Codes that the value map of the templates carries, label for label. Source: templates specification, section 10, map role. */
const DECISION_ROLES = ['Decision Maker', 'Employee', 'Influencer'].map((role) => ({ DecisionMakingRoleCode: role, Description: role }))

const sequence = (company: string, code: string, format: string, name: string) => ({
  ScopeValue: company,
  NumberSequenceCode: code,
  Format: format,
  Name: name,
})

const reference = (company: string, dataType: string, code: string) => ({
  ScopeType: 'DataArea',
  ScopeValue: company,
  DataTypeName: dataType,
  NumberSequenceCode: code,
})

/** Set-up of one company: what P2C needs with the values that the templates name, under the same codes in each company. A list, however long. */
export function companyData(company: DemoCompany): readonly SeedRows[] {
  const inCompany = (rows: readonly Readonly<Record<string, string>>[]) => rows.map((row) => ({ dataAreaId: company.id, ...row }))
  const legalEntity = {
    LegalEntityId: company.id,
    Name: company.name,
    CompanyName: company.name,
    LanguageId: company.languageId,
    AccountingCurrency: company.currencyCode,
    AddressCountryRegionId: company.countryRegionId,
    AddressCountryRegionISOCode: company.countryIsoCode,
    TimeZone: company.timeZone,
  }
  return [
    ['LegalEntity', [legalEntity]],
    ['PaymentTerm', inCompany(PAYMENT_TERMS)],
    ['CustomerGroup', inCompany(CUSTOMER_GROUPS)],
    ['OperationalSiteV2', inCompany(SITES)],
    ['Warehouse', inCompany(WAREHOUSES)],
    [
      'DeliveryModeV2',
      inCompany([
        { ModeCode: '10', ModeDescription: 'Truck' },
        { ModeCode: '20', ModeDescription: 'Parcel' },
        { ModeCode: '30', ModeDescription: 'Pick up' },
      ]),
    ],
    [
      'DeliveryTerm',
      inCompany([
        { TermsCode: 'FOB', TermsDescription: 'Free on board' },
        { TermsCode: 'CIF', TermsDescription: 'Cost, insurance and freight' },
      ]),
    ],
    [
      'SalesOrderOriginCode',
      inCompany([
        {
          OriginCode: 'P2C',
          OriginDescription: 'Sales order integration',
          IsOriginTypeAssigned: 'Yes',
          OriginType: 'SalesOrderIntegration',
        },
      ]),
    ],
    ['ContactPersonDecisionRole', inCompany(DECISION_ROLES)],
    ['InventoryPolicy', inCompany(POLICIES)],
    ['ProductGroup', inCompany(PRODUCT_GROUPS)],
    [
      'NumberSequenceV2',
      [
        sequence(company.id, 'CustAcc', `${company.countryIsoCode}-######`, 'Customer account'),
        sequence(company.id, 'ContactPer', 'CP-######', 'Contact person'),
      ],
    ],
    [
      'NumberSequenceV2Reference',
      [reference(company.id, 'CustAccount', 'CustAcc'), reference(company.id, 'ContactPersonId', 'ContactPer')],
    ],
  ]
}
