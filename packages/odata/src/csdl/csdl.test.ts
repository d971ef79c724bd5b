import { isAppError } from '@p2c/base'
import { describe, expect, test } from 'vitest'
import type { CsdlModel, CsdlProperty } from './model.ts'
import { readCsdl } from './read-csdl.ts'
import { writeCsdl } from './write-csdl.ts'
import { escapeXml, readXml } from './xml.ts'

/** DV-116: what the Sales side serves, in small. */
const DATAVERSE: CsdlModel = {
  schemas: [
    {
      namespace: 'Microsoft.Dynamics.CRM',
      alias: 'mscrm',
      entityTypes: [
        { name: 'crmbaseentity', abstract: true, properties: [] },
        {
          name: 'account',
          baseType: 'mscrm.crmbaseentity',
          key: ['accountid'],
          properties: [
            { name: 'accountid', type: 'Edm.Guid', nullable: false },
            { name: 'name', type: 'Edm.String', maxLength: 160, unicode: false },
            {
              name: 'creditlimit',
              type: 'Edm.Decimal',
              precision: 19,
              scale: 'variable',
              annotations: [{ term: 'Org.OData.Core.V1.Description', value: { kind: 'string', value: 'A < B & "C"' } }],
            },
            { name: '_primarycontactid_value', type: 'Edm.Guid' },
          ],
          navigationProperties: [
            {
              name: 'primarycontactid',
              type: 'mscrm.contact',
              nullable: false,
              partner: 'account_primary_contact',
              referentialConstraints: [{ property: '_primarycontactid_value', referencedProperty: 'contactid' }],
            },
            { name: 'contact_customer_accounts', type: 'Collection(mscrm.contact)', partner: 'parentcustomerid_account' },
          ],
          annotations: [
            {
              term: 'Org.OData.Core.V1.AlternateKeys',
              value: {
                kind: 'collection',
                items: [
                  {
                    kind: 'record',
                    type: 'Org.OData.Core.V1.AlternateKey',
                    properties: {
                      Key: {
                        kind: 'collection',
                        items: [
                          {
                            kind: 'record',
                            properties: { Name: { kind: 'property-path', value: 'accountnumber' }, Alias: { kind: 'string', value: '' } },
                          },
                        ],
                      },
                    },
                  },
                ],
              },
            },
          ],
        },
      ],
      complexTypes: [{ name: 'WhoAmIResponse', properties: [{ name: 'UserId', type: 'Edm.Guid', nullable: false }] }],
      actions: [
        {
          name: 'CreateMultiple',
          isBound: true,
          parameters: [
            { name: 'entityset', type: 'Collection(mscrm.account)', nullable: false },
            { name: 'Targets', type: 'Collection(mscrm.account)', nullable: false },
          ],
          returnType: { type: 'mscrm.CreateMultipleResponse', nullable: false },
        },
      ],
      functions: [{ name: 'WhoAmI', isComposable: false, parameters: [], returnType: { type: 'mscrm.WhoAmIResponse', nullable: false } }],
      container: {
        name: 'System',
        entitySets: [
          {
            name: 'accounts',
            entityType: 'Microsoft.Dynamics.CRM.account',
            bindings: [{ path: 'primarycontactid', target: 'contacts' }],
            annotations: [
              {
                term: 'Org.OData.Capabilities.V1.ChangeTracking',
                value: { kind: 'record', properties: { Supported: { kind: 'bool', value: true } } },
              },
            ],
          },
        ],
        functionImports: [{ name: 'WhoAmI', operation: 'Microsoft.Dynamics.CRM.WhoAmI' }],
        actionImports: [{ name: 'WinQuote', operation: 'Microsoft.Dynamics.CRM.WinQuote', entitySet: 'quotes' }],
        singletons: [{ name: 'Me', type: 'mscrm.systemuser' }],
      },
      targets: [
        {
          target: 'mscrm.account/name',
          annotations: [
            { term: 'Org.OData.Core.V1.Permissions', value: { kind: 'enum-member', value: 'Org.OData.Core.V1.Permission/Read' } },
          ],
        },
      ],
    },
  ],
}

const FINOPS: CsdlModel = {
  schemas: [
    {
      namespace: 'Microsoft.Dynamics.DataEntities',
      enumTypes: [
        {
          name: 'NoYes',
          members: [
            {
              name: 'No',
              value: '0',
              annotations: [{ term: 'Microsoft.Dynamics.OData.Core.V1.LabelId', value: { kind: 'string', value: '@SYS5461' } }],
            },
            { name: 'Yes', value: '1' },
          ],
        },
        { name: 'Flags', underlyingType: 'Edm.Int64', isFlags: true, members: [{ name: 'A' }] },
      ],
      entityTypes: [
        {
          name: 'CustomerV2',
          key: ['dataAreaId', 'CustomerAccount'],
          openType: true,
          properties: [
            {
              name: 'dataAreaId',
              type: 'Edm.String',
              nullable: false,
              annotations: [
                { term: 'Microsoft.Dynamics.OData.Core.V1.AXType', value: { kind: 'string', value: 'String' } },
                { term: 'Microsoft.Dynamics.OData.Core.V1.AllowEdit', value: { kind: 'bool', value: false } },
                { term: 'X.Tag' },
              ],
            },
            { name: 'CustomerAccount', type: 'Edm.String', nullable: false, maxLength: 'max', defaultValue: '' },
            { name: 'Blocked', type: 'Microsoft.Dynamics.DataEntities.NoYes', precision: 0, scale: 6 },
          ],
          navigationProperties: [{ name: 'Lines', type: 'Collection(Microsoft.Dynamics.DataEntities.Line)', containsTarget: true }],
        },
      ],
      container: { name: 'Resources', entitySets: [{ name: 'CustomersV2', entityType: 'Microsoft.Dynamics.DataEntities.CustomerV2' }] },
    },
  ],
}

describe('DV-116 round trips', () => {
  test.each([
    ['Dataverse', DATAVERSE],
    ['F&O', FINOPS],
    ['nothing', { schemas: [] }],
  ])('%s', (_name, model) => {
    expect(readCsdl(writeCsdl(model))).toEqual(model)
  })

  test('names and annotations with every hostile character', () => {
    const hostile = `<a href="x">&amp;'\t\n\r\u0085\u2028 ]]> ☃ 😀 &#x41;`
    const property: CsdlProperty = {
      name: hostile,
      type: 'Edm.String',
      annotations: [
        { term: hostile, qualifier: hostile, value: { kind: 'collection', items: [{ kind: 'string', value: hostile }, { kind: 'null' }] } },
      ],
    }
    const model: CsdlModel = { schemas: [{ namespace: 'N', entityTypes: [{ name: 'T', properties: [property] }] }] }
    expect(readCsdl(writeCsdl(model))).toEqual(model)
  })

  test('10,000 properties', () => {
    const properties = Array.from(
      { length: 10_000 },
      (_, index): CsdlProperty => ({ name: `Field${index}`, type: 'Edm.String', maxLength: index }),
    )
    const model: CsdlModel = { schemas: [{ namespace: 'N', entityTypes: [{ name: 'T', key: ['Field0'], properties }] }] }
    expect(readCsdl(writeCsdl(model))).toEqual(model)
  })
})

test('the document has the form that generic clients expect', () => {
  const xml = writeCsdl(DATAVERSE)
  expect(
    xml.startsWith(
      '<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>',
    ),
  ).toBe(true)
  expect(xml).toContain('<Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm" xmlns="http://docs.oasis-open.org/odata/ns/edm">')
  expect(xml).toContain('<EntityType Name="account" BaseType="mscrm.crmbaseentity"><Key><PropertyRef Name="accountid"/></Key>')
  expect(xml).toContain('<ReferentialConstraint Property="_primarycontactid_value" ReferencedProperty="contactid"/>')
  expect(xml).toContain('<FunctionImport Name="WhoAmI" Function="Microsoft.Dynamics.CRM.WhoAmI"/>')
  expect(writeCsdl(FINOPS)).toContain('<Annotation Term="Microsoft.Dynamics.OData.Core.V1.AXType" String="String"/>')
})

test('a document by another hand: prefixes, comments, single quotes, CDATA', () => {
  const xml = `<?xml version='1.0'?><!-- c --><x:Edmx Version='4.0' xmlns:x='http://docs.oasis-open.org/odata/ns/edmx'><x:Reference Uri='u'/>
    <x:DataServices><e:Schema xmlns:e='http://docs.oasis-open.org/odata/ns/edm' Namespace='N'>
    <e:EntityType Name='T'><e:Property Name='A &#38; B' Type='Edm.String' Nullable='false'/><e:Other/>
    <e:Annotation Term='X'><e:String><![CDATA[1 < 2]]></e:String></e:Annotation></e:EntityType></e:Schema></x:DataServices></x:Edmx>`
  expect(readCsdl(xml)).toEqual({
    schemas: [
      {
        namespace: 'N',
        entityTypes: [
          {
            name: 'T',
            properties: [{ name: 'A & B', type: 'Edm.String', nullable: false }],
            annotations: [{ term: 'X', value: { kind: 'string', value: '1 < 2' } }],
          },
        ],
      },
    ],
  })
})

test.each([
  ['', 'xml-malformed'],
  ['hello', 'xml-malformed'],
  ['<a><b></a>', 'xml-malformed'],
  ['<a>', 'xml-malformed'],
  ['<a>&custom;</a>', 'xml-malformed'],
  ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'xml-malformed'],
  ['<a/><b/>', 'xml-malformed'],
  [`${'<a>'.repeat(500)}${'</a>'.repeat(500)}`, 'xml-malformed'],
  ['<a><__proto__/></a>', 'xml-malformed'],
  ['<a/>', 'csdl-malformed'],
  ['<Edmx><DataServices><Schema/></DataServices></Edmx>', 'csdl-malformed'],
  [
    '<Edmx><DataServices><Schema Namespace="N"><EntityType Name="T"><Property Name="p" Type="t" MaxLength="x"/></EntityType></Schema></DataServices></Edmx>',
    'csdl-malformed',
  ],
])('refuses %j with %s', (xml, code) => {
  try {
    readCsdl(xml)
  } catch (error) {
    expect(isAppError(error) && error.code).toBe(code)
    return
  }
  throw new Error('was read')
})

test('refuses what is too large before it reads', () => {
  expect(() => readXml('<a/>', { maxLength: 3 })).toThrow('at most 3')
})

test('what XML cannot hold is replaced', () => {
  expect(escapeXml('a\u0000b\ud800c\uffff')).toBe('a\ufffdb\ufffdc\ufffd')
})
