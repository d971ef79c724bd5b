import { get } from '../calls.ts'
import { area, notOffered } from '../operation.ts'

const NO_ROUTE = { status: 404, says: 'No HTTP resource was found' }

export const OTHER = area('Other parts of the service', [
  notOffered(
    { name: 'the root of an installation on premises', request: 'GET /namespaces/AXSF/data', ...NO_ROUTE, instead: '/data' },
    (fo, trade) => fo.call('GET', `${trade.url}/namespaces/AXSF/data`),
  ),
  notOffered({ name: 'every entity at once', request: 'GET $all', ...NO_ROUTE }, (fo) => get(fo, '$all')),
  notOffered({ name: 'sets joined', request: 'GET $crossjoin(CustomersV3,CustomerGroups)', ...NO_ROUTE, instead: '$expand' }, (fo) =>
    get(fo, '$crossjoin(CustomersV3,CustomerGroups)'),
  ),
  notOffered(
    {
      name: 'a row by the address of an entity',
      request: 'GET $entity?$id=…',
      status: 400,
      says: 'The query option "$id" is not supported.',
    },
    (fo) => get(fo, "$entity?$id=CustomersV3('x')"),
  ),
  notOffered({ name: 'references to rows', request: 'GET CustomersV3/$ref', ...NO_ROUTE }, (fo) => get(fo, 'CustomersV3/$ref')),
  notOffered(
    { name: 'a type as a segment', request: 'GET CustomersV3/…CustomerV3', status: 405, says: "does not support http method 'GET'" },
    (fo) => get(fo, 'CustomersV3/Microsoft.Dynamics.DataEntities.CustomerV3'),
  ),
  notOffered({ name: 'singletons', request: 'GET Me', ...NO_ROUTE }, (fo) => get(fo, 'Me')),
  notOffered({ name: 'dual-write', request: 'GET /api/dualwrite', ...NO_ROUTE, instead: 'the integrator' }, (fo, trade) =>
    fo.call('GET', `${trade.url}/api/dualwrite`),
  ),
  notOffered({ name: 'the office add-in', request: 'GET /officeapps', ...NO_ROUTE }, (fo, trade) =>
    fo.call('GET', `${trade.url}/officeapps`),
  ),
  notOffered(
    { name: 'virtual tables', request: 'GET /api/data/v9.2/mserp_custcustomerv3entities', ...NO_ROUTE, instead: '/data' },
    (fo, trade) => fo.call('GET', `${trade.url}/api/data/v9.2/mserp_custcustomerv3entities`),
  ),
])
