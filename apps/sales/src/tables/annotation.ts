import type { ColumnDefinition, LookupTarget, TableDefinition } from '@p2c/dataverse'
import { flag, integer, memo, text, toward } from './columns.ts'

/** Tables that notes are about, with their collections. */
const NOTED = [
  ['account', 'Account_Annotation'],
  ['contact', 'Contact_Annotation'],
  ['lead', 'Lead_Annotation'],
  ['opportunity', 'Opportunity_Annotation'],
  ['quote', 'Quote_Annotation'],
  ['salesorder', 'SalesOrder_Annotation'],
  ['invoice', 'Invoice_Annotation'],
  ['campaign', 'Campaign_Annotation'],
] as const

/** What a note is about: it goes with that row. */
const about: ColumnDefinition = {
  name: 'objectid',
  label: 'Regarding',
  type: 'lookup',
  targets: NOTED.map(([table, collection]): LookupTarget => toward(table, `objectid_${table}`, { collection, onDelete: 'cascade' })),
}

/** A note, with or without a file in it. Source: public reference of the table `annotation`. */
export const annotation: TableDefinition = {
  logicalName: 'annotation',
  entitySetName: 'annotations',
  primaryId: 'annotationid',
  primaryName: 'subject',
  privilegeName: 'Note',
  objectTypeCode: 5,
  ownership: 'user',
  label: 'Note',
  pluralLabel: 'Notes',
  changeTracking: true,
  optimisticConcurrency: true,
  alternateKeys: [],
  columns: [
    text('subject', 'Title', 500),
    memo('notetext', 'Description', 100_000),
    about,
    { ...text('objecttypecode', 'Object Type', 64), readOnly: true },
    flag('isdocument', 'Is Document'),
    text('filename', 'File Name', 255),
    text('mimetype', 'Mime Type', 256),
    // The size of the file is limited, not that of its text: see the rule of notes.
    memo('documentbody', 'Document', 1_073_741_823),
    integer('filesize', 'File Size (Bytes)', { range: [0, 1_000_000_000], readOnly: true }),
    text('langid', 'Language ID', 2),
    text('stepid', 'Step Id', 32),
  ],
}
