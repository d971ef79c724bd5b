import type { TableDefinition } from '@p2c/dataverse'
import { ACTIVITY_TABLE, activityColumns, regarding } from './activity-columns.ts'
import { integer, reasonedStateColumns, text } from './columns.ts'

/** Something to be done by someone. Source: wire specification 1 and 10. */
export const task: TableDefinition = {
  ...ACTIVITY_TABLE,
  logicalName: 'task',
  entitySetName: 'tasks',
  objectTypeCode: 4212,
  label: 'Task',
  pluralLabel: 'Tasks',
  columns: [
    ...activityColumns('task'),
    regarding({ collection: 'Tasks', navigation: '_task' }),
    text('category', 'Category', 250),
    text('subcategory', 'Sub-Category', 250),
    integer('percentcomplete', 'Percent Complete', { range: [0, 100] }),
    ...reasonedStateColumns(
      [
        {
          value: 0,
          label: 'Open',
          reasons: [
            [2, 'Not Started'],
            [3, 'In Progress'],
            [4, 'Waiting on someone else'],
            [7, 'Deferred'],
          ],
        },
        { value: 1, label: 'Completed', reasons: [[5, 'Completed']] },
        { value: 2, label: 'Canceled', reasons: [[6, 'Canceled']] },
      ],
      { fixedOnCreate: true },
    ),
  ],
}

/** What all kinds of activities have in common, one row for each activity. Source: wire specification 1. */
export const activitypointer: TableDefinition = {
  ...ACTIVITY_TABLE,
  logicalName: 'activitypointer',
  entitySetName: 'activitypointers',
  objectTypeCode: 4200,
  label: 'Activity',
  pluralLabel: 'Activities',
  columns: [
    ...activityColumns('activitypointer'),
    regarding({ collection: 'ActivityPointers', navigation: '' }),
    ...reasonedStateColumns([
      { value: 0, label: 'Open', reasons: [[1, 'Open']] },
      { value: 1, label: 'Completed', reasons: [[2, 'Completed']] },
      { value: 2, label: 'Canceled', reasons: [[3, 'Canceled']] },
      { value: 3, label: 'Scheduled', reasons: [[4, 'Scheduled']] },
    ]),
  ],
}
