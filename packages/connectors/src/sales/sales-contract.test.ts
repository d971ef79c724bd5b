import { describeConnector } from '../connector.case.ts'
import { startStubService } from '../stub-service.ts'
import { createSalesConnector } from './sales-connector.ts'
import { startSalesFixture } from './sales-fixture.ts'

describeConnector('the Sales connector against its protocol fixture', async (scope) => {
  const stub = await startStubService(scope)
  const sales = startSalesFixture(stub)
  sales.refuse = (row) => (row.name === 'Bad' ? { status: 400, code: '0x80040265', message: 'refused' } : undefined)
  const connector = createSalesConnector(stub.settings)
  scope.onTestFinished(() => connector.close())
  return {
    connector,
    organisation: { businessUnit: 'Contoso', legalEntity: 'USMF' },
    entity: 'accounts',
    keyFields: ['accountnumber'],
    textField: 'name',
    decimalField: 'creditlimit',
    row: (accountnumber, more) => ({ accountnumber, name: `Name of ${accountnumber}`, creditlimit: '10.5', ...more }),
    badRow: (accountnumber) => ({ accountnumber, name: 'Bad' }),
    isIncremental: true,
  }
})
