import { OPERATIONS as DATAVERSE_OPERATIONS } from '../test/conformance/dataverse/operations.ts'
import {
  POINTS as DATAVERSE_POINTS,
  POINTS_WITHOUT_A_PLACE as DATAVERSE_POINTS_WITHOUT_A_PLACE,
} from '../test/conformance/dataverse/points.ts'
import { OPERATIONS as FINOPS_OPERATIONS } from '../test/conformance/finops/operations.ts'
import { POINTS as FINOPS_POINTS, POINTS_WITHOUT_A_PLACE as FINOPS_POINTS_WITHOUT_A_PLACE } from '../test/conformance/finops/points.ts'
import type { Coverage } from './coverage-page.ts'

/** What of the Dataverse Web API Sales has; the operations that the conformance tests carry out are the source. */
export const DATAVERSE_COVERAGE: Coverage = {
  path: 'docs/reference/dataverse-coverage.md',
  title: 'Coverage of the Dataverse Web API',
  introduction: [
    'What of the Dataverse Web API Sales has, operation by operation. Every row is carried out against a running installation by',
    '`test/conformance/dataverse/conformance.test.ts`: what works is asserted, what differs is asserted in its different form, and what is not offered is really',
    'called and must be refused just as the row says. `{id}` is the id of a row, `…` before the name of an operation its namespace `Microsoft.Dynamics.CRM.`, elsewhere',
    'what does not matter.',
  ],
  operations: DATAVERSE_OPERATIONS,
  conformance: 'test/conformance/dataverse/conformance.test.ts',
  points: DATAVERSE_POINTS,
  pointsIntroduction: [
    'Rules of the protocol by which Sales (server), the connector of the integrator (client) or both are built, and the tests whose titles or tables name them.',
    '`G-DV-nn` names a golden exchange; they are replayed by `apps/sales/src/golden/golden.db.test.ts`.',
  ],
  pointPattern: /(?<![-\w])DV-\d{3}\b/g,
  pointsWithoutPlace: DATAVERSE_POINTS_WITHOUT_A_PLACE,
}

/** What of the protocol of Finance & Operations apps Supply Chain has. */
export const FINOPS_COVERAGE: Coverage = {
  path: 'docs/reference/finops-coverage.md',
  title: 'Coverage of the Finance & Operations API',
  introduction: [
    'What of the protocol of Finance & Operations apps Supply Chain has, operation by operation: OData, metadata, custom services, data packages, recurring',
    'integrations and events. Every row is carried out against a running installation by `test/conformance/finops/conformance.test.ts`: what works is asserted, what',
    'differs is asserted in its different form, and what is not offered is really called and must be refused just as the row says. Paths without a leading slash are',
    'below `/data`; `{key}` is the key of a row, `…` before the name of an action its namespace `Microsoft.Dynamics.DataEntities.`, elsewhere what does not matter.',
    'The business rules behind the entities are on the pages of their documents.',
  ],
  operations: FINOPS_OPERATIONS,
  conformance: 'test/conformance/finops/conformance.test.ts',
  points: FINOPS_POINTS,
  pointsIntroduction: [
    'Rules of the protocol by which Supply Chain (server), the connector of the integrator (client) or both are built, and the tests whose titles or tables name',
    'them. `G-FO-nn` names a golden exchange; most are replayed by `apps/supply-chain/src/golden.db.test.ts`, `golden-orders.db.test.ts` and',
    '`golden-packages.db.test.ts`.',
  ],
  pointPattern: /(?<![-\w])FO-\d{3}\b/g,
  pointsWithoutPlace: FINOPS_POINTS_WITHOUT_A_PLACE,
}

/** Every protocol with a page of its own. */
export const COVERAGES: readonly Coverage[] = [DATAVERSE_COVERAGE, FINOPS_COVERAGE]
