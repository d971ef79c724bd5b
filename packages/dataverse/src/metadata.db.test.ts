import { readCsdl } from '@p2c/odata'
import { expect, test } from 'vitest'
import { ROOT, startPlatform } from './platform.case.ts'

test('DV-116 $metadata is CSDL with keys, partners, operations and a container', async (t) => {
  const { send } = await startPlatform(t, { empty: true })
  const answer = await send('GET', '$metadata', { prefer: 'return=representation' })
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/xml'])
  const [schema] = readCsdl(answer.text).schemas
  const account = schema?.entityTypes?.find((type) => type.name === 'account')
  expect(schema).toMatchObject({ namespace: 'Microsoft.Dynamics.CRM', alias: 'mscrm' })
  expect(account).toMatchObject({ baseType: 'mscrm.crmbaseentity', key: ['accountid'] })
  const contact = schema?.entityTypes?.find((type) => type.name === 'contact')
  expect(contact?.navigationProperties).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        name: 'parentcustomerid_account',
        partner: 'contact_customer_accounts',
        referentialConstraints: [{ property: '_parentcustomerid_value', referencedProperty: 'accountid' }],
      }),
    ]),
  )
  expect(schema?.container?.entitySets.map((set) => set.name)).toEqual(expect.arrayContaining(['accounts', 'transactioncurrencies']))
  expect(schema?.functions?.map((one) => one.name)).toContain('WhoAmI')
  expect((await send('GET', '$metadata?annotations=true')).text).toContain('Org.OData.Capabilities.V1.ChangeTracking')
})

test('DV-117 table definitions: list, filter, keys, relationships', async (t) => {
  const { send } = await startPlatform(t, { empty: true })
  const list = await send('GET', 'EntityDefinitions?$select=EntitySetName,LogicalName')
  expect(list.json.value.length).toBeGreaterThan(10)
  expect(Object.keys(list.json.value[0])).toEqual(['EntitySetName', 'LogicalName', 'MetadataId'])
  const owned = await send(
    'GET',
    "EntityDefinitions?$select=LogicalName&$filter=OwnershipType eq Microsoft.Dynamics.CRM.OwnershipTypes'UserOwned' and CanCreateForms/Value eq true",
  )
  expect(owned.json.value.map((table: { LogicalName: string }) => table.LogicalName)).toEqual([
    'userquery',
    'asyncoperation',
    'duplicaterule',
    'account',
    'contact',
    'salesorder',
    'salesorderdetail',
  ])
  expect((await send('GET', "EntityDefinitions(LogicalName='account')/Keys")).json.value).toMatchObject([
    { SchemaName: 'msdynce_AccountNumber', KeyAttributes: ['accountnumber'], EntityKeyIndexStatus: 'Active' },
  ])
  expect((await send('GET', "EntityDefinitions(LogicalName='account')/OneToManyRelationships")).json.value).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        ReferencingEntity: 'contact',
        ReferencingAttribute: 'parentcustomerid',
        ReferencedEntityNavigationPropertyName: 'contact_customer_accounts',
      }),
    ]),
  )
  expect(
    (
      await send(
        'GET',
        "EntityDefinitions(LogicalName='account')/ManyToOneRelationships?$select=ReferencedEntity,ReferencingEntityNavigationPropertyName",
      )
    ).status,
  ).toBe(200)
  expect((await send('GET', "EntityDefinitions(LogicalName='nothing')")).status).toBe(404)
  expect((await send('GET', "RelationshipDefinitions(SchemaName='contact_customer_accounts')?$select=SchemaName")).json.SchemaName).toBe(
    'contact_customer_accounts',
  )
})

test('DV-142 attributes with casts and option sets', async (t) => {
  const { send } = await startPlatform(t, { empty: true })
  const path = "EntityDefinitions(LogicalName='account')/Attributes"
  const cast = (type: string) => `${path}/Microsoft.Dynamics.CRM.${type}AttributeMetadata`
  const industry = await send('GET', `${cast('Picklist')}?$select=LogicalName&$expand=OptionSet,GlobalOptionSet`)
  expect(industry.json['@odata.context']).toContain(
    `${ROOT}/$metadata#EntityDefinitions('account')/Attributes/Microsoft.Dynamics.CRM.PicklistAttributeMetadata(LogicalName,`,
  )
  expect(industry.json.value).toMatchObject([
    {
      LogicalName: 'industrycode',
      OptionSet: { Options: [{ Value: 1, Label: { UserLocalizedLabel: { Label: 'Accounting', LanguageCode: 1033 } } }, { Value: 7 }] },
      GlobalOptionSet: null,
    },
  ])
  const limits = await send('GET', `${cast('BigInt')}?$select=MaxValue&$filter=MaxValue gt 5&$orderby=MinValue,LogicalName`)
  expect(limits.text).toContain('"MaxValue":9223372036854775807,')
  expect((await send('GET', `${cast('BigInt')}?$filter=MinValue gt 5`)).json.value).toEqual([])
  expect((await send('GET', `${cast('Status')}?$expand=OptionSet`)).json.value[0].OptionSet.Options).toMatchObject([
    { Value: 1, State: 0 },
    { Value: 2, State: 1 },
  ])
  expect((await send('GET', `${cast('State')}?$expand=OptionSet`)).json.value[0].OptionSet.Options[0]).toMatchObject({
    DefaultStatus: 1,
    InvariantName: 'Active',
  })
  expect((await send('GET', `${cast('Money')}?$select=LogicalName,Precision,PrecisionSource`)).json.value).toEqual(
    expect.arrayContaining([expect.objectContaining({ LogicalName: 'creditlimit', Precision: 2, PrecisionSource: 2 })]),
  )
  expect((await send('GET', `${cast('Lookup')}?$select=LogicalName,Targets`)).json.value).toEqual(
    expect.arrayContaining([expect.objectContaining({ LogicalName: 'ownerid', Targets: ['systemuser', 'team'] })]),
  )
  expect((await send('GET', `${path}(LogicalName='name')?$select=LogicalName,AttributeType,RequiredLevel`)).json).toMatchObject({
    LogicalName: 'name',
    AttributeType: 'String',
    RequiredLevel: { Value: 'None' },
  })
  expect(
    (
      await send(
        'GET',
        "EntityDefinitions(LogicalName='contact')/Attributes(LogicalName='birthdate')/Microsoft.Dynamics.CRM.DateTimeAttributeMetadata",
      )
    ).json,
  ).toMatchObject({ Format: 'DateOnly', DateTimeBehavior: { Value: 'DateOnly' } })
  expect(
    (
      await send(
        'GET',
        `EntityDefinitions(LogicalName='account')?$select=LogicalName&$expand=Attributes($select=LogicalName;$filter=LogicalName eq 'name')`,
      )
    ).json.Attributes,
  ).toMatchObject([{ LogicalName: 'name' }])
})

test('DV-117 metadata is ordered, counted and read by property; what would be ignored or is no type is refused', async (t) => {
  const { send } = await startPlatform(t, { empty: true })
  const names = async (query: string): Promise<readonly string[]> =>
    (await send('GET', `EntityDefinitions?$select=LogicalName&$filter=startswith(LogicalName,'sales')&${query}`)).json.value.map(
      (table: { LogicalName: string }) => table.LogicalName,
    )
  expect(await names('$orderby=LogicalName desc')).toEqual(['salesorderdetail', 'salesorder'])
  expect(await names('$orderby=OwnershipType,ObjectTypeCode&$top=1')).toEqual(['salesorder'])
  const counted = await send('GET', "EntityDefinitions?$select=LogicalName&$filter=startswith(LogicalName,'sales')&$count=true&$top=1")
  expect([counted.json['@odata.count'], counted.json.value.length]).toEqual([2, 1])
  expect((await send('GET', "EntityDefinitions/$count?$filter=startswith(LogicalName,'sales')")).text).toBe('\uFEFF2')
  const account = "EntityDefinitions(LogicalName='account')"
  expect((await send('GET', `${account}/ObjectTypeCode`)).json).toEqual({
    '@odata.context': `${ROOT}/$metadata#EntityDefinitions('account')/ObjectTypeCode`,
    value: 1,
  })
  expect((await send('GET', `${account}/ExternalName`)).status).toBe(204)
  expect((await send('GET', `${account}/Attributes/Microsoft.Dynamics.CRM.FileAttributeMetadata`)).json.value).toEqual([])
  const refusals: readonly (readonly [string, number])[] = [
    [`${account}/Attributes/Microsoft.Dynamics.CRM.Nothing`, 404],
    [`${account}/$count`, 404],
    [`${account}/Attributes(LogicalName='name')/Microsoft.Dynamics.CRM.MoneyAttributeMetadata`, 404],
    ['EntityDefinitions?$apply=groupby((LogicalName))', 400],
    ['EntityDefinitions?$skiptoken=x', 400],
    ['EntityDefinitions?$skip=1', 400],
    ['EntityDefinitions?$orderby=Nothing', 400],
  ]
  for (const [path, status] of refusals) expect([path, (await send('GET', path)).status]).toEqual([path, status])
})

test('DV-117 tables say their schema names and whether they are activities', async (t) => {
  const { send } = await startPlatform(t, { empty: true })
  const table = async (name: string) => (await send('GET', `EntityDefinitions(LogicalName='${name}')`)).json
  expect(await table('salesorderdetail')).toMatchObject({
    SchemaName: 'SalesOrderDetail',
    CollectionSchemaName: 'SalesOrderDetails',
    IsActivity: false,
    IsChildEntity: true,
    CanCreateViews: { Value: true, CanBeChanged: true, ManagedPropertyLogicalName: 'cancreateviews' },
  })
  expect(await table('territory')).toMatchObject({ SchemaName: 'Territory', CollectionSchemaName: 'Territories' })
})
