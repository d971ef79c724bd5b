import assert from 'node:assert/strict'
import type { OutsideClient } from '../../../support/outside-client.ts'
import { expectStatus, get, type Json, NS, read, refused } from '../calls.ts'
import { area, differs, notOffered, works } from '../operation.ts'
import type { Trade } from '../trade.ts'

const meta = async (fo: OutsideClient, { url }: Trade, path: string): Promise<Json> =>
  (await expectStatus(200, fo.call('GET', `${url}/metadata/${path}`))).json

const names = async (fo: OutsideClient, trade: Trade, path: string): Promise<readonly string[]> =>
  (await meta(fo, trade, path)).value.map((one: Json) => one.Name)

const csdl = async (fo: OutsideClient): Promise<string> =>
  (await expectStatus(200, get(fo, '$metadata', { accept: 'application/xml' }))).text

export const SERVICE = area('Service document and $metadata', [
  works({ name: 'the sets', request: 'GET /data', points: 'FO-006' }, async (fo) => {
    const { json } = await expectStatus(200, fo.call('GET', fo.root))
    assert.equal(json['@odata.context'], `${fo.root}/$metadata`)
    for (const name of ['CustomersV3', 'SalesOrderHeadersV2', 'SalesOrderLines', 'BatchJobs', 'DataManagementDefinitionGroups'])
      assert.deepEqual(
        json.value.find((one: Json) => one.name === name),
        { name, kind: 'EntitySet', url: name },
      )
  }),
  works({ name: 'every set of the service document is there', request: 'GET {set}?$top=1', points: 'FO-006 FO-051' }, async (fo) => {
    const { json } = await expectStatus(200, fo.call('GET', fo.root))
    for (const { url } of json.value) await expectStatus(200, get(fo, `${url}?cross-company=true&$top=1`))
  }),
  works({ name: 'sets that are not public', request: 'GET InventDistinctProducts', points: 'FO-006' }, async (fo) => {
    const { json } = await expectStatus(200, fo.call('GET', fo.root))
    assert.ok(!json.value.some((one: Json) => one.name === 'InventDistinctProducts'))
    await refused(404, get(fo, 'InventDistinctProducts'), 'No route data was found for this request.')
  }),
  works({ name: 'the schema', request: 'GET $metadata', points: 'FO-007' }, async (fo) => {
    const reply = await expectStatus(200, get(fo, '$metadata', { accept: 'application/xml' }))
    assert.match(reply.headers.get('content-type') ?? '', /^application\/xml/)
    assert.match(reply.text, /<Schema Namespace="Microsoft\.Dynamics\.DataEntities"/)
    assert.match(reply.text, /<EntityContainer Name="Resources"/)
    const { json } = await expectStatus(200, fo.call('GET', fo.root))
    const sets = [...reply.text.matchAll(/<EntitySet Name="([^"]+)"/g)].map((match) => match[1] ?? '').sort()
    assert.deepEqual(sets, json.value.map((one: Json) => one.name).sort())
  }),
  works({ name: 'keys in their order', request: 'GET $metadata', points: 'FO-007' }, async (fo) => {
    const keys = /<EntityType Name="CustomerV3"[^>]*><Key>(.*?)<\/Key>/.exec(await csdl(fo))?.[1] ?? ''
    assert.deepEqual(
      [...keys.matchAll(/Name="([^"]+)"/g)].map((match) => match[1]),
      ['dataAreaId', 'CustomerAccount'],
    )
  }),
  works({ name: 'enumerations, types and navigation', request: 'GET $metadata', points: 'FO-007' }, async (fo) => {
    const text = await csdl(fo)
    assert.match(text, /<EnumType Name="NoYes"><Member Name="No" Value="0"\/><Member Name="Yes" Value="1"\/><\/EnumType>/)
    const type = /<EntityType Name="SalesOrderHeaderV2".*?<\/EntityType>/s.exec(text)?.[0] ?? ''
    assert.match(type, new RegExp(`Name="SalesOrderStatus" Type="${NS}\\.SalesStatus"`))
    assert.match(type, /Name="RequestedShippingDate" Type="Edm\.DateTimeOffset"/)
    assert.match(type, /Name="OrderTotalAmount" Type="Edm\.Decimal"/)
    assert.match(text, /<NavigationProperty Name="CustomerGroup" Type="Microsoft\.Dynamics\.DataEntities\.CustomerGroup"/)
  }),
  works({ name: 'bound actions', request: 'GET $metadata', points: 'FO-007 FO-065' }, async (fo) => {
    const action = /<Action Name="SetBatchJobToWaiting"[^>]*>.*?<\/Action>/s.exec(await csdl(fo))?.[0] ?? ''
    assert.match(action, /IsBound="true"/)
    assert.match(action, /<Parameter Name="batchJobId" Type="Edm\.Int64"/)
    assert.match(action, /<ReturnType Type="Edm\.String"/)
  }),
  works({ name: 'names are case-sensitive', request: 'GET customersv3, GET CustomerV3' }, async (fo) => {
    for (const name of ['customersv3', 'CustomerV3', 'CUSTOMERSV3']) await refused(404, get(fo, name), 'No HTTP resource was found')
  }),
  differs(
    {
      name: 'the schema as JSON',
      request: 'GET $metadata (Accept: application/json)',
      difference: '`$metadata` is XML whatever is asked for; `/metadata` answers JSON',
    },
    async (fo) => {
      const reply = await expectStatus(200, get(fo, '$metadata', { accept: 'application/json' }))
      assert.match(reply.headers.get('content-type') ?? '', /^application\/xml/)
    },
  ),
])

export const METADATA = area('Metadata service', [
  works({ name: 'what it has', request: 'GET /metadata', points: 'FO-078' }, async (fo, trade) => {
    const { json } = await expectStatus(200, fo.call('GET', `${trade.url}/metadata`))
    assert.deepEqual(
      json.value.map((one: Json) => one.name),
      ['DataEntities', 'PublicEntities', 'PublicEnumerations', 'Labels'],
    )
  }),
  works({ name: 'data entities', request: 'GET /metadata/DataEntities', points: 'FO-078' }, async (fo, trade) => {
    const answer = await meta(fo, trade, 'DataEntities')
    assert.equal(answer['@odata.context'], `${trade.url}/metadata/$metadata#DataEntities`)
    const customer = answer.value.find((one: Json) => one.Name === 'CustCustomerV3Entity')
    assert.deepEqual(
      [customer.PublicEntityName, customer.PublicCollectionName, customer.DataServiceEnabled, customer.DataManagementEnabled],
      ['CustomerV3', 'CustomersV3', true, true],
    )
    for (const { EntityCategory } of answer.value)
      assert.ok(['Master', 'Configuration', 'Transaction', 'Reference', 'Document', 'Parameters'].includes(EntityCategory))
  }),
  works({ name: 'one data entity', request: "GET /metadata/DataEntities('CustCustomerV3Entity')", points: 'FO-078' }, async (fo, trade) => {
    const row = await meta(fo, trade, "DataEntities('CustCustomerV3Entity')")
    assert.equal(row['@odata.context'], `${trade.url}/metadata/$metadata#DataEntities/$entity`)
    assert.deepEqual(
      [row.Name, row.LabelText, row.EntityCategory, row.IsReadOnly],
      ['CustCustomerV3Entity', 'Customers V3', 'Master', false],
    )
  }),
  works({ name: 'public entities, whole', request: 'GET /metadata/PublicEntities', points: 'FO-078' }, async (fo, trade) => {
    const { value } = await meta(fo, trade, 'PublicEntities')
    assert.ok(value.length > 80)
    for (const entity of value) assert.ok(entity.Properties.length > 0, entity.Name)
  }),
  works({ name: 'fields of an entity', request: "GET /metadata/PublicEntities('SalesOrderLine')", points: 'FO-078' }, async (fo, trade) => {
    const entity = await meta(fo, trade, "PublicEntities('CustomerV3')")
    assert.deepEqual([entity.Name, entity.EntitySetName, entity.IsReadOnly], ['CustomerV3', 'CustomersV3', false])
    const field = (name: string): Json => entity.Properties.find((one: Json) => one.Name === name)
    assert.deepEqual(
      ['dataAreaId', 'CreditLimit', 'OnHoldStatus', 'CustTableRecId', 'OrganizationNumberOfEmployees'].map((name) => [
        field(name).DataType,
        field(name).TypeName,
      ]),
      [
        ['String', 'Edm.String'],
        ['Real', 'Edm.Decimal'],
        ['Enum', `${NS}.CustVendorBlocked`],
        ['Int64', 'Edm.Int64'],
        ['Int32', 'Edm.Int32'],
      ],
    )
    assert.deepEqual([field('CustomerAccount').IsKey, field('CreditLimit').IsKey], [true, false])
    assert.deepEqual([field('CustomerGroupId').IsMandatory, field('KnownAs').IsMandatory], [true, false])
    assert.deepEqual([field('CustTableRecId').AllowEdit, field('CustTableRecId').AllowEditOnCreate], [false, false])
    assert.deepEqual([field('PartyNumber').AllowEdit, field('PartyNumber').AllowEditOnCreate], [false, true])
  }),
  works({ name: 'navigation of an entity', request: "GET /metadata/PublicEntities('CustomerV3')", points: 'FO-078' }, async (fo, trade) => {
    const { NavigationProperties } = await meta(fo, trade, "PublicEntities('CustomerV3')")
    const group = NavigationProperties.find((one: Json) => one.Name === 'CustomerGroup')
    assert.deepEqual([group.RelatedEntity, group.Cardinality], ['CustomerGroup', 'Single'])
    assert.ok(
      group.Constraints.some(
        (one: Json) =>
          one['@odata.type'] === '#Microsoft.Dynamics.Metadata.ReferentialConstraint' &&
          one.Property === 'CustomerGroupId' &&
          one.ReferencedProperty === 'CustomerGroupId',
      ),
    )
  }),
  works(
    { name: 'actions of an entity', request: "GET /metadata/PublicEntities('BatchJob')", points: 'FO-078 FO-065' },
    async (fo, trade) => {
      const { value } = await meta(fo, trade, "PublicEntities?$filter=EntitySetName eq 'BatchJobs'")
      const action = value[0].Actions.find((one: Json) => one.Name === 'SetBatchJobToWaiting')
      assert.equal(action.BindingKind, 'BoundToEntitySet')
      assert.deepEqual(action.Parameters, [{ Name: 'batchJobId', Type: { TypeName: 'Edm.Int64', IsCollection: false } }])
    },
  ),
  works({ name: 'an enumeration', request: "GET /metadata/PublicEnumerations('SalesStatus')", points: 'FO-078' }, async (fo, trade) => {
    const answer = await meta(fo, trade, "PublicEnumerations('SalesStatus')")
    assert.deepEqual(
      answer.Members.slice(0, 2).map((one: Json) => [one.Name, one.Value]),
      [
        ['None', 0],
        ['Backorder', 1],
      ],
    )
    assert.equal(typeof answer.Members[0].LabelId, 'string')
  }),
  works({ name: 'enumerations, whole', request: 'GET /metadata/PublicEnumerations', points: 'FO-078' }, async (fo, trade) => {
    const { value } = await meta(fo, trade, 'PublicEnumerations')
    for (const { Name, Members } of value) assert.ok(Members.length > 0, Name)
  }),
  works({ name: 'a label', request: "GET /metadata/Labels(Id='@SYS1',Language='en-us')", points: 'FO-081' }, async (fo, trade) => {
    const { LabelId } = await meta(fo, trade, "PublicEntities('CustomerV3')")
    const label = await meta(fo, trade, `Labels(Id='${LabelId}',Language='en-us')`)
    assert.deepEqual([label.Id, label.Language, label.Value], [LabelId, 'en-us', 'Customers V3'])
  }),
  works({ name: 'in any letter case', request: 'GET /Metadata/DataEntities', points: 'FO-117' }, async (fo, trade) => {
    for (const first of ['Metadata', 'METADATA']) await expectStatus(200, fo.call('GET', `${trade.url}/${first}/DataEntities?$top=1`))
  }),
  works(
    {
      name: 'names that contain a text',
      request: "GET /metadata/DataEntities?$filter=contains(tolower(Name), 'cust')",
      points: 'FO-080 FO-117',
    },
    async (fo, trade) => {
      const found = await names(fo, trade, "DataEntities?$filter=contains(tolower(Name), 'custcustomerv')&$orderby=Name desc")
      assert.deepEqual(found, ['CustCustomerV3Entity', 'CustCustomerV2Entity'])
    },
  ),
  works(
    {
      name: 'booleans and categories in a filter',
      request: "GET /metadata/DataEntities?$filter=EntityCategory eq …EntityCategory'Master'",
      points: 'FO-080 FO-117',
    },
    async (fo, trade) => {
      const filter =
        "EntityCategory eq Microsoft.Dynamics.Metadata.EntityCategory'Master' and DataServiceEnabled eq true and IsReadOnly eq false"
      const found = await names(fo, trade, `DataEntities?$filter=${filter}`)
      assert.ok(found.includes('CustCustomerV3Entity') && !found.includes('SalesOrderHeaderV2Entity'))
    },
  ),
  works(
    { name: 'options of a query', request: 'GET /metadata/DataEntities?$select=…&$orderby=…&$top=…&$skip=…&$count=true', points: 'FO-080' },
    async (fo, trade) => {
      const all = await names(fo, trade, 'DataEntities?$orderby=Name')
      const page = await meta(fo, trade, 'DataEntities?$orderby=Name&$top=2&$skip=3&$count=true&$select=Name')
      assert.deepEqual(
        page.value,
        all.slice(3, 5).map((Name) => ({ Name })),
      )
      assert.equal(page['@odata.count'], all.length)
    },
  ),
  works({ name: 'what is not there', request: "GET /metadata/PublicEntities('Nope')", points: 'FO-079' }, async (fo, trade) => {
    for (const path of [
      "DataEntities('Nope')",
      "PublicEntities('Nope')",
      "PublicEnumerations('Nope')",
      "Labels(Id='@Nope',Language='en-us')",
    ])
      await expectStatus(404, fo.call('GET', `${trade.url}/metadata/${path}`))
  }),
  works({ name: 'writes', request: 'POST /metadata/DataEntities', points: 'FO-079' }, async (fo, trade) => {
    for (const method of ['POST', 'PATCH', 'DELETE'])
      await expectStatus(405, fo.call(method, `${trade.url}/metadata/DataEntities`, { body: {} }))
  }),
  works(
    { name: 'an unknown field in a filter', request: 'GET /metadata/DataEntities?$filter=Nope eq 1', points: 'FO-080' },
    async (fo, trade) => {
      const reply = await expectStatus(400, fo.call('GET', `${trade.url}/metadata/DataEntities?$filter=Nope eq 1`))
      assert.match(reply.text, /Nope/)
    },
  ),
  works(
    { name: 'metadata and data agree', request: 'GET /metadata/PublicEntities, GET {set}?$top=1', points: 'FO-078 FO-036' },
    async (fo, trade) => {
      const { value } = await meta(fo, trade, 'PublicEntities')
      for (const set of ['CustomersV3', 'SalesOrderHeadersV2', 'SalesOrderLines', 'ReleasedProductsV2']) {
        const entity = value.find((one: Json) => one.EntitySetName === set)
        const [row] = (await read(fo, `${set}?$top=1`)).value
        const fields = Object.keys(row).filter((name) => !name.startsWith('@'))
        assert.deepEqual(fields.sort(), entity.Properties.map((one: Json) => one.Name).sort(), set)
      }
    },
  ),
  notOffered(
    { name: 'a schema of the metadata service', request: 'GET /metadata/$metadata', status: 404, says: 'No HTTP resource was found' },
    (fo, trade) => fo.call('GET', `${trade.url}/metadata/$metadata`),
  ),
])
