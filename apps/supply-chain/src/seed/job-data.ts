import type { SeedRows } from './seed-rows.ts'

/** Numbers of batch jobs that people define: beyond those of the set-up. */
const JOB_NUMBERS: readonly SeedRows[] = [
  [
    'NumberSequenceV2',
    [
      {
        ScopeValue: '',
        NumberSequenceCode: 'BatchJob',
        Name: 'Batch job',
        Format: '##########',
        Next: '5637201200',
        Largest: '9999999999',
      },
    ],
  ],
  ['NumberSequenceV2Reference', [{ ScopeType: 'DataArea', ScopeValue: '', DataTypeName: 'BatchJobRecId', NumberSequenceCode: 'BatchJob' }]],
]

/** Minutes between two calculations of sales totals: orders leave for Sales only with totals. */
const TOTALS_MINUTES = 5

/** The jobs of a fresh installation: totals are calculated again and again, the others run when somebody sets them to waiting. */
export function jobData(now: Date): readonly SeedRows[] {
  const first = new Date(now.getTime() + TOTALS_MINUTES * 60_000).toISOString().replace(/\.\d+Z$/, 'Z')
  return [
    ...JOB_NUMBERS,
    [
      'BatchJob',
      [
        {
          BatchJobRecId: '5637144600',
          JobDescription: 'Populate distinct product table',
          Status: 'Finished',
          JobClass: 'PopulateDistinctProductTable',
        },
        {
          BatchJobRecId: '5637144601',
          JobDescription: 'Calculate sales totals',
          JobClass: 'CalculateSalesTotals',
          RecurrenceMinutes: String(TOTALS_MINUTES),
          ScheduledStartDateTime: first,
        },
        {
          BatchJobRecId: '5637144602',
          JobDescription: 'Populate prospect to cash',
          Status: 'Hold',
          JobClass: 'SalesPopulateProspectToCash',
        },
        { BatchJobRecId: '5637144603', JobDescription: 'Customer aging snapshot', Status: 'Hold', JobClass: 'CustomerAgingSnapshot' },
        { BatchJobRecId: '5637144604', JobDescription: 'Recalculate on-hand', Status: 'Hold', JobClass: 'RecalculateOnHand' },
      ],
    ],
  ]
}
