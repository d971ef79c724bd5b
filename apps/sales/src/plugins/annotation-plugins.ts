import { type Plugin, type Row, refuse, type TableEvent } from '@p2c/dataverse'
import { noteFileSize } from '../domain/note-document.ts'

/** The size of a note's file, and whether there is one. An empty text is no file. */
function settleFile(target: Row): void {
  const { documentbody: body } = target
  if (body === undefined) return
  const file = typeof body === 'string' && body !== '' ? body : null
  target.documentbody = file
  target.filesize = file === null ? null : sizeOf(file)
  target.isdocument = file !== null
}

function sizeOf(file: string): number {
  const decision = noteFileSize(file)
  return decision.ok ? decision.value : refuse(decision.refusal)
}

function settleObject(target: Row): void {
  const { objectid: about } = target
  if (about === undefined) return
  target.objecttypecode = typeof about === 'object' && about !== null ? about.table : null
}

const settle = async (events: readonly TableEvent[]): Promise<void> => {
  for (const { target } of events) {
    settleFile(target)
    settleObject(target)
  }
}

/** Notes know the size of their file and the table of the row that they are about. */
export const annotationPlugins: readonly Plugin[] = [
  { name: 'note file', table: 'annotation', message: 'create', stage: 'pre-operation', run: settle },
  {
    name: 'note file changes',
    table: 'annotation',
    message: 'update',
    stage: 'pre-operation',
    columns: ['documentbody', 'objectid'],
    reads: [],
    run: settle,
  },
]
