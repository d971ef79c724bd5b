import { describe, expect, test } from 'vitest'
import { contextUrl, splitAnnotation, typeContextUrl } from './annotations.ts'
import { formatDataverseEtag, formatFinopsEtag, matchesEtag, parseDataverseEtag, parseFinopsEtag, parseIfMatch } from './etag.ts'
import { annotationWanted, formatPreferenceApplied, honouredPreferences, parsePrefer } from './prefer.ts'

const FORMATTED = 'OData.Community.Display.V1.FormattedValue'
const LOGICAL = 'Microsoft.Dynamics.CRM.lookuplogicalname'

describe('DV-008 Prefer', () => {
  test.each([
    ['one header with blanks', 'return=representation, odata.maxpagesize=50'],
    ['one header without blanks', 'return=representation,odata.maxpagesize=50'],
    ['repeated headers', ['odata.maxpagesize=50', 'return=representation']],
    ['names in any case, quoted values', 'Return="representation" , ODATA.MaxPageSize="50"'],
    ['unknown preferences between', 'wait=10; foo, return=representation,,x="a,b",odata.maxpagesize=50'],
    ['short names', 'return=representation,maxpagesize=50'],
  ])('%s', (_name, header) => {
    expect(parsePrefer(header)).toMatchObject({ returnRepresentation: true, maxPageSize: 50, trackChanges: false, continueOnError: false })
  })

  test('a comma inside quotes does not separate', () => {
    const prefer = parsePrefer(`odata.include-annotations="${FORMATTED},${LOGICAL}",odata.track-changes,odata.continue-on-error`)
    expect(prefer).toMatchObject({ trackChanges: true, continueOnError: true, returnRepresentation: false })
    expect([FORMATTED, LOGICAL, 'other'].map((name) => annotationWanted(prefer, name))).toEqual([true, true, false])
  })

  test.each([
    undefined,
    '',
    [],
    ',,',
    '=',
    '"',
    'return',
    'odata.maxpagesize=0',
    'odata.maxpagesize=-1',
    'odata.maxpagesize=x',
    'return=minimal',
  ])('%j asks for nothing', (header) => {
    const { raw: _raw, ...preferences } = parsePrefer(header)
    expect(preferences).toEqual({ returnRepresentation: false, trackChanges: false, continueOnError: false })
  })

  test('a header of a megabyte is read quickly', () => {
    const started = performance.now()
    parsePrefer(`odata.include-annotations="${'x,'.repeat(500_000)}`)
    parsePrefer('\\"'.repeat(500_000))
    expect(performance.now() - started).toBeLessThan(200)
  })
})

describe('DV-010 annotations are sent only when asked', () => {
  test.each([
    ['*', [true, true]],
    ['Microsoft.Dynamics.CRM.*', [false, true]],
    [FORMATTED, [true, false]],
    [`*,-${FORMATTED}`, [false, true]],
    [` ${FORMATTED} , ${LOGICAL} `, [true, true]],
    ['', [false, false]],
  ])('%s', (list, wanted) => {
    const prefer = parsePrefer(`odata.include-annotations="${list}"`)
    expect([FORMATTED, LOGICAL].map((name) => annotationWanted(prefer, name))).toEqual(wanted)
  })
})

test.each([
  ['G-DV-04', 'return=representation', ['return'], 'return=representation'],
  ['G-DV-05', 'odata.include-annotations="*"', ['odata.include-annotations'], 'odata.include-annotations="*"'],
  ['G-DV-13', 'odata.maxpagesize=1', ['odata.maxpagesize'], 'odata.maxpagesize=1'],
  ['G-DV-18', 'odata.track-changes', ['odata.track-changes'], 'odata.track-changes'],
  [
    'G-DV-31',
    'odata.include-annotations="Microsoft.Dynamics.CRM.fetchxmlpagingcookie,Microsoft.Dynamics.CRM.morerecords"',
    ['odata.include-annotations'],
    'odata.include-annotations="Microsoft.Dynamics.CRM.fetchxmlpagingcookie,Microsoft.Dynamics.CRM.morerecords"',
  ],
  ['nothing honoured', 'wait=10', ['return'], undefined],
  [
    'two of three',
    'return=representation, wait=1, odata.maxpagesize=5',
    ['odata.maxpagesize', 'return'],
    'return=representation,odata.maxpagesize=5',
  ],
])('DV-009 Preference-Applied, %s', (_name, header, names, applied) => {
  expect(formatPreferenceApplied(honouredPreferences(parsePrefer(header), names))).toBe(applied)
})

describe('ETags', () => {
  test('DV-018 Dataverse: the row version in quotes', () => {
    expect(formatDataverseEtag('503112')).toBe('W/"503112"')
    expect(parseDataverseEtag('W/"503112"')).toBe('503112')
    expect([`W/"x"`, '', '"', 'W/""', `W/"${'9'.repeat(21)}"`].map(parseDataverseEtag)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  test('FO-033 F&O: base64 of the quoted list', () => {
    expect(formatFinopsEtag({ recversion: '1', recid: '5637144601' })).toBe('W/"JzEsNTYzNzE0NDYwMSc="')
    expect(parseFinopsEtag('W/"JzEsNTYzNzE0NDYwMSc="')).toEqual([{ recversion: '1', recid: '5637144601' }])
    const two = [
      { recversion: '982774', recid: '5637144576' },
      { recversion: '1', recid: '5637144577' },
    ]
    expect(parseFinopsEtag(formatFinopsEtag(two))).toEqual(two)
    expect(['W/"!!"', 'W/"AAAA"', '', `W/"${'A'.repeat(5_000)}"`].map(parseFinopsEtag)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  test.each([
    [undefined, undefined],
    ['null', undefined],
    [' NULL ', undefined],
    ['', undefined],
    ['*', '*'],
    ['W/"1"', ['W/"1"']],
    ['W/"1", W/"2"', ['W/"1"', 'W/"2"']],
    [
      ['W/"1"', '"2"'],
      ['W/"1"', '"2"'],
    ],
    ['garbage', ['garbage']],
  ])('DV-007 parseIfMatch(%j)', (header, condition) => {
    expect(parseIfMatch(header)).toEqual(condition)
  })

  test.each([
    ['*', 'W/"1"', true],
    [['W/"1"'], 'W/"1"', true],
    [['"1"'], 'W/"1"', true],
    [['W/\\"1\\"'], 'W/"1"', true],
    [['W/"2"', 'W/"1"'], 'W/"1"', true],
    [['W/"2"'], 'W/"1"', false],
    [['garbage'], 'W/"1"', false],
    [[], 'W/"1"', false],
  ] as const)('matchesEtag(%j, %s) is %s', (condition, current, matches) => {
    expect(matchesEtag(condition, current)).toBe(matches)
  })
})

describe('context URLs', () => {
  const root = 'https://halvorsen.crm4.dynamics.com/api/data/v9.2'
  test.each([
    [
      'G-DV-04',
      contextUrl(root, 'accounts', { select: ['name', 'accountnumber'], kind: 'entity' }),
      '#accounts(name,accountnumber)/$entity',
    ],
    ['no select', contextUrl(`${root}/`, 'accounts', { kind: 'entity' }), '#accounts/$entity'],
    ['G-DV-14', contextUrl(root, 'accounts', { select: ['name'] }), '#accounts(name)'],
    [
      'expand',
      contextUrl(root, 'accounts', { select: ['name'], expand: [{ navigation: 'primarycontactid', select: ['fullname'] }] }),
      '#accounts(name,primarycontactid(fullname))',
    ],
    ['G-DV-19', contextUrl(root, 'accounts', { select: ['name'], kind: 'delta' }), '#accounts(name)/$delta'],
    ['G-DV-19 deleted', contextUrl(root, 'accounts', { kind: 'deletedEntity' }), '#accounts/$deletedEntity'],
    ['G-DV-02', typeContextUrl(root, 'Microsoft.Dynamics.CRM.WhoAmIResponse'), '#Microsoft.Dynamics.CRM.WhoAmIResponse'],
  ])('%s', (_name, url, end) => {
    expect(url).toBe(`${root}/$metadata${end}`)
  })

  test('members with annotations are taken apart', () => {
    expect(splitAnnotation('customerid_account@odata.bind')).toEqual({ property: 'customerid_account', annotation: 'odata.bind' })
    expect(splitAnnotation('@odata.id')).toEqual({ property: '', annotation: 'odata.id' })
    expect(splitAnnotation('name')).toBeUndefined()
  })
})
