import assert from 'node:assert/strict'
import { expectStatus, get, type Json, NS, post, q, read, refused, rows } from '../calls.ts'
import { area, differs, notOffered, works } from '../operation.ts'

const ACCOUNT = "EntityDefinitions(LogicalName='account')"

export const SERVICE = area('Service document and metadata', [
  works({ name: 'the service document', request: 'GET /api/data/v9.2/', points: 'DV-012' }, async (dv) => {
    const document = (await expectStatus(200, dv.call('GET', '/'))).json
    assert.equal(document['@odata.context'], `${dv.root}/$metadata`)
    assert.deepEqual(
      document.value.find((one: Json) => one.name === 'salesorders'),
      { name: 'salesorders', kind: 'EntitySet', url: 'salesorders' },
    )
    for (const { url } of document.value) assert.equal((await get(dv, `${url}?$top=1`)).status, 200, url)
  }),
  works({ name: 'the whole model', request: 'GET $metadata', points: 'DV-116' }, async (dv) => {
    const reply = await expectStatus(200, get(dv, '$metadata'))
    assert.match(reply.headers.get('content-type') ?? '', /^application\/xml/)
    for (const part of [
      '<EntityType Name="quotedetail"',
      'Name="QualifyLead"',
      '<FunctionImport Name="WhoAmI"',
      '<EntitySet Name="quotedetails"',
      'Partner="quote_details"',
    ])
      assert.ok(reply.text.includes(part), part)
    assert.doesNotMatch(reply.text, /Org\.OData\.Capabilities/)
  }),
  works({ name: 'every type that it names is in it', request: 'GET $metadata', points: 'DV-116' }, async (dv) => {
    const { text } = await get(dv, '$metadata')
    const known = new Set([...text.matchAll(/<(?:Entity|Complex|Enum)Type Name="([^"]+)"/g)].map((match) => match[1]))
    const used = new Set([...text.matchAll(/(?:Type|BaseType)="(?:Collection\()?mscrm\.(\w+)\)?"/g)].map((match) => match[1]))
    assert.ok(known.size > 40 && used.size > 40)
    assert.deepEqual(
      [...used].filter((name) => !known.has(name)),
      [],
    )
    const operations = new Set([...text.matchAll(/<(?:Action|Function) Name="([^"]+)"/g)].map((match) => match[1]))
    for (const match of text.matchAll(/<(?:Action|Function)Import Name="([^"]+)"/g)) assert.ok(operations.has(match[1]), match[1])
  }),
  works({ name: 'the model with annotations', request: 'GET $metadata?annotations=true', points: 'DV-116' }, async (dv) => {
    const { text } = await get(dv, '$metadata?annotations=true')
    assert.match(text, /Org\.OData\.Capabilities\.V1\.ChangeTracking/)
    assert.match(text, /Org\.OData\.Core\.V1\.AlternateKeys/)
  }),
  works(
    { name: 'names of all tables and sets', request: 'GET EntityDefinitions?$select=LogicalName,EntitySetName', points: 'DV-117 DV-011' },
    async (dv) => {
      const document = (await expectStatus(200, dv.call('GET', '/'))).json
      const found = await rows(dv, 'EntityDefinitions?$select=LogicalName,EntitySetName')
      assert.deepEqual(new Set(found.map((row) => row.EntitySetName)), new Set(document.value.map((one: Json) => one.name)))
      assert.deepEqual(Object.keys(found[0] ?? {}), ['LogicalName', 'EntitySetName', 'MetadataId'])
    },
  ),
  works({ name: 'one table by name and by id', request: "GET EntityDefinitions(LogicalName='account')", points: 'DV-117' }, async (dv) => {
    const table = await read(dv, ACCOUNT)
    assert.deepEqual(
      [
        table.PrimaryIdAttribute,
        table.PrimaryNameAttribute,
        table.ObjectTypeCode,
        table.OwnershipType,
        table.ChangeTrackingEnabled,
        table.IsActivity,
        table.SchemaName,
      ],
      ['accountid', 'name', 1, 'UserOwned', true, false, 'Account'],
    )
    assert.deepEqual(
      [table.DisplayName.UserLocalizedLabel.Label, table.DisplayCollectionName.UserLocalizedLabel.Label],
      ['Account', 'Accounts'],
    )
    assert.equal((await read(dv, `EntityDefinitions(${table.MetadataId})?$select=LogicalName`)).LogicalName, 'account')
    assert.equal((await read(dv, "EntityDefinitions(LogicalName='task')?$select=IsActivity")).IsActivity, true)
  }),
  works({ name: 'a table that is not there', request: "GET EntityDefinitions(LogicalName='nothing')", points: 'DV-117' }, async (dv) => {
    await expectStatus(404, get(dv, "EntityDefinitions(LogicalName='nothing')"))
  }),
  works({ name: 'tables by what they can', request: 'GET EntityDefinitions?$filter=…', points: 'DV-117' }, async (dv) => {
    const filter = `OwnershipType eq ${NS}.OwnershipTypes'UserOwned' and IsActivity eq false and CanCreateForms/Value eq true`
    const names = (await rows(dv, `EntityDefinitions?$select=LogicalName&$filter=${q(filter)}`)).map((row) => row.LogicalName)
    assert.ok(names.includes('account') && !names.includes('product') && !names.includes('task'))
    const some = await rows(
      dv,
      `EntityDefinitions?$select=LogicalName&$filter=${q("LogicalName eq 'quote' or startswith(LogicalName,'invoice')")}`,
    )
    assert.deepEqual(some.map((row) => row.LogicalName).sort(), ['invoice', 'invoicedetail', 'quote'])
  }),
  works({ name: 'columns of a table', request: 'GET EntityDefinitions(…)/Attributes', points: 'DV-142' }, async (dv) => {
    const found = await rows(dv, `${ACCOUNT}/Attributes?$select=LogicalName,AttributeType,SchemaName,RequiredLevel,IsValidForCreate`)
    const name = found.find((row) => row.LogicalName === 'name')
    assert.deepEqual([name?.AttributeType, name?.RequiredLevel.Value, name?.IsValidForCreate], ['String', 'ApplicationRequired', true])
    assert.equal(name?.['@odata.type'], `#${NS}.StringAttributeMetadata`)
    assert.equal(found.find((row) => row.LogicalName === 'ownerid')?.AttributeType, 'Owner')
    assert.equal(found.find((row) => row.LogicalName === 'createdon')?.IsValidForCreate, false)
  }),
  differs(
    {
      name: 'schema names of columns',
      request: 'GET EntityDefinitions(…)/Attributes?$select=SchemaName',
      points: 'DV-117',
      difference: 'a column has its logical name for a schema name (`accountnumber`, not `AccountNumber`); tables have theirs',
    },
    async (dv) => {
      const names = await rows(dv, `${ACCOUNT}/Attributes?$select=LogicalName,SchemaName`)
      assert.ok(names.every((row) => row.SchemaName === row.LogicalName))
      assert.equal((await read(dv, "EntityDefinitions(LogicalName='quotedetail')?$select=SchemaName")).SchemaName, 'QuoteDetail')
    },
  ),
  works(
    { name: 'choices with their options', request: 'GET …/Attributes/…PicklistAttributeMetadata?$expand=OptionSet', points: 'DV-142' },
    async (dv) => {
      const found = await rows(
        dv,
        `${ACCOUNT}/Attributes/${NS}.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet,GlobalOptionSet`,
      )
      const terms = found.find((row) => row.LogicalName === 'paymenttermscode')
      assert.deepEqual(terms?.OptionSet.Options.map((one: Json) => [one.Value, one.Label.UserLocalizedLabel.Label])[0], [1, 'Net 30'])
    },
  ),
  works(
    { name: 'states with their reasons', request: 'GET …/Attributes/…StatusAttributeMetadata?$expand=OptionSet', points: 'DV-142' },
    async (dv) => {
      const [status] = await rows(dv, `EntityDefinitions(LogicalName='quote')/Attributes/${NS}.StatusAttributeMetadata?$expand=OptionSet`)
      assert.equal(status?.OptionSet.Options.find((one: Json) => one.Value === 7).State, 3)
      const [state] = await rows(dv, `EntityDefinitions(LogicalName='quote')/Attributes/${NS}.StateAttributeMetadata?$expand=OptionSet`)
      assert.deepEqual(state?.OptionSet.Options.map((one: Json) => [one.Value, one.DefaultStatus, typeof one.InvariantName])[1], [
        1,
        2,
        'string',
      ])
    },
  ),
  works(
    { name: 'precision, dates, targets', request: "GET …/Attributes(LogicalName='…')/…MoneyAttributeMetadata", points: 'DV-142' },
    async (dv) => {
      const column = (table: string, name: string, type: string): Promise<Json> =>
        read(dv, `EntityDefinitions(LogicalName='${table}')/Attributes(LogicalName='${name}')/${NS}.${type}AttributeMetadata`)
      assert.equal(typeof (await column('quote', 'totalamount', 'Money')).PrecisionSource, 'number')
      assert.deepEqual((await column('contact', 'birthdate', 'DateTime')).DateTimeBehavior, { Value: 'DateOnly' })
      assert.deepEqual((await column('contact', 'parentcustomerid', 'Lookup')).Targets.sort(), ['account', 'contact'])
      assert.equal((await column('account', 'name', 'String')).MaxLength, 160)
      assert.equal((await column('account', 'numberofemployees', 'Integer')).MaxValue, 1_000_000_000)
    },
  ),
  works(
    { name: 'columns inside the table', request: 'GET EntityDefinitions(…)?$expand=Attributes($filter=…)', points: 'DV-117' },
    async (dv) => {
      const table = await read(
        dv,
        `${ACCOUNT}?$select=LogicalName&$expand=Attributes($select=LogicalName;$filter=${q("AttributeType eq Microsoft.Dynamics.CRM.AttributeTypeCode'Money'")})`,
      )
      assert.ok(table.Attributes.some((one: Json) => one.LogicalName === 'creditlimit'))
      assert.ok(!table.Attributes.some((one: Json) => one.LogicalName === 'name'))
    },
  ),
  works({ name: 'alternate keys', request: 'GET EntityDefinitions(…)/Keys', points: 'DV-117' }, async (dv) => {
    const [key] = await rows(dv, `${ACCOUNT}/Keys?$select=SchemaName,KeyAttributes,EntityKeyIndexStatus`)
    assert.deepEqual([key?.KeyAttributes, key?.EntityKeyIndexStatus], [['accountnumber'], 'Active'])
  }),
  works({ name: 'relationships of a table', request: 'GET EntityDefinitions(…)/ManyToOneRelationships', points: 'DV-117' }, async (dv) => {
    const ones = await rows(dv, "EntityDefinitions(LogicalName='contact')/ManyToOneRelationships")
    const parent = ones.find((row) => row.SchemaName === 'contact_customer_accounts')
    assert.deepEqual(
      [parent?.ReferencingAttribute, parent?.ReferencingEntityNavigationPropertyName, parent?.CascadeConfiguration.Delete],
      ['parentcustomerid', 'parentcustomerid_account', 'RemoveLink'],
    )
    assert.ok((await rows(dv, `${ACCOUNT}/OneToManyRelationships?$select=SchemaName`)).length > 5)
    const many = await rows(dv, "EntityDefinitions(LogicalName='systemuser')/ManyToManyRelationships")
    assert.ok(many.some((row) => row.SchemaName === 'systemuserroles_association' && row.IntersectEntityName === 'systemuserroles'))
  }),
  works({ name: 'one relationship', request: "GET RelationshipDefinitions(SchemaName='…')", points: 'DV-117' }, async (dv) => {
    const one = await read(dv, "RelationshipDefinitions(SchemaName='contact_customer_accounts')")
    assert.deepEqual([one['@odata.type'], one.ReferencedEntity], [`#${NS}.OneToManyRelationshipMetadata`, 'account'])
    const cast = await read(dv, `RelationshipDefinitions(SchemaName='systemuserroles_association')/${NS}.ManyToManyRelationshipMetadata`)
    assert.equal(cast.IntersectEntityName, 'systemuserroles')
    assert.ok((await rows(dv, `RelationshipDefinitions/${NS}.ManyToManyRelationshipMetadata?$select=SchemaName`)).length >= 2)
  }),
  works({ name: 'shared choices', request: "GET GlobalOptionSetDefinitions(Name='…')", points: 'DV-142' }, async (dv) => {
    const sets = await rows(dv, 'GlobalOptionSetDefinitions?$select=Name')
    assert.ok(sets.length > 0)
    const one = await read(dv, `GlobalOptionSetDefinitions(Name='${sets[0]?.Name}')`)
    assert.ok(one.IsGlobal === true && one.Options.length > 0)
    await expectStatus(404, get(dv, "GlobalOptionSetDefinitions(Name='nothing')"))
    const column = "EntityDefinitions(LogicalName='lead')/Attributes(LogicalName='need')"
    const need = await read(
      dv,
      `${column}/${NS}.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet($select=Name,IsGlobal),GlobalOptionSet($select=Name)`,
    )
    assert.deepEqual([need.OptionSet.IsGlobal, need.GlobalOptionSet.Name], [true, 'need'])
  }),
  works(
    { name: 'one property of a table', request: "GET EntityDefinitions(LogicalName='account')/ObjectTypeCode", points: 'DV-117' },
    async (dv) => {
      assert.equal((await read(dv, `${ACCOUNT}/ObjectTypeCode`)).value, 1)
    },
  ),
  works(
    {
      name: 'tables in order, and their number',
      request: 'GET EntityDefinitions?$orderby=…, GET EntityDefinitions/$count',
      points: 'DV-117',
    },
    async (dv) => {
      const names = (await rows(dv, 'EntityDefinitions?$select=LogicalName&$orderby=LogicalName')).map((row) => row.LogicalName)
      assert.deepEqual(names, [...names].sort())
      const count = await expectStatus(200, get(dv, 'EntityDefinitions/$count'))
      assert.equal(Number(count.text.replace(/^\uFEFF/, '')), names.length)
    },
  ),
  works({ name: 'an unknown member', request: 'GET EntityDefinitions?$select=Nmae', points: 'DV-064' }, async (dv) => {
    await refused('400 0x80060888', get(dv, 'EntityDefinitions?$select=Nmae'))
    await refused('400 0x80060888', get(dv, "EntityDefinitions?$filter=Nmae eq 'x'"))
  }),
  notOffered(
    {
      name: 'a table is made',
      request: 'POST EntityDefinitions',
      status: 405,
      code: '0x80060888',
      instead: 'tables are part of the program',
    },
    (dv) => post(dv, 'EntityDefinitions', { SchemaName: 'new_x' }),
  ),
  notOffered(
    { name: 'a table is changed', request: "PUT EntityDefinitions(LogicalName='account')", status: 405, code: '0x80060888' },
    (dv) => dv.call('PUT', `/${ACCOUNT}`, { body: { HasActivities: true } }),
  ),
  notOffered(
    { name: 'a table is deleted', request: "DELETE EntityDefinitions(LogicalName='account')", status: 405, code: '0x80060888' },
    (dv) => dv.call('DELETE', `/${ACCOUNT}`),
  ),
  notOffered({ name: 'a column is made', request: 'POST EntityDefinitions(…)/Attributes', status: 405, code: '0x80060888' }, (dv) =>
    post(dv, `${ACCOUNT}/Attributes`, { '@odata.type': `${NS}.StringAttributeMetadata`, SchemaName: 'new_x' }),
  ),
  notOffered({ name: 'a relationship is made', request: 'POST RelationshipDefinitions', status: 405, code: '0x80060888' }, (dv) =>
    post(dv, 'RelationshipDefinitions', {}),
  ),
  notOffered({ name: 'a shared choice is made', request: 'POST GlobalOptionSetDefinitions', status: 405, code: '0x80060888' }, (dv) =>
    post(dv, 'GlobalOptionSetDefinitions', {}),
  ),
  ...(
    [
      'InsertOptionValue',
      'UpdateOptionValue',
      'DeleteOptionValue',
      'CreatePolymorphicLookupAttribute',
      'PublishXml',
      'PublishAllXml',
      'AddSolutionComponent',
      'ExportSolution',
      'ImportSolution',
    ] as const
  ).map((action) =>
    notOffered({ name: `changes of the model: ${action}`, request: `POST ${action}`, status: 404, code: '0x80060888' }, (dv) =>
      post(dv, action, {}),
    ),
  ),
  notOffered(
    {
      name: 'what has changed in the model',
      request: 'GET RetrieveMetadataChanges(…)',
      status: 404,
      code: '0x80060888',
      instead: '`EntityDefinitions`',
    },
    (dv) => get(dv, 'RetrieveMetadataChanges(Query=@p1)?@p1={}'),
  ),
  notOffered(
    { name: 'one table by a function', request: 'GET RetrieveEntity(…)', status: 404, code: '0x80060888', instead: '`EntityDefinitions`' },
    (dv) => get(dv, "RetrieveEntity(LogicalName='account')"),
  ),
])
