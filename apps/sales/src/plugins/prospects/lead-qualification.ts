import { type PluginContext, type Row, type RowReference, refuse } from '@p2c/dataverse'
import {
  LEAD_TO_ACCOUNT,
  LEAD_TO_CONTACT,
  LEAD_TO_OPPORTUNITY,
  mapLead,
  opportunityParties,
  planQualification,
  type QualifyPlan,
  type QualifyWishes,
} from '../../domain/prospects/lead-qualification.ts'
import { LEAD_REASONS, LEAD_STATES, leadStateOf, MAY_NOT_CREATE_ACCOUNTS, refuseLeadMove } from '../../domain/prospects/lead-state.ts'
import { enforce, idOf, textOf } from '../row-values.ts'

/** What the caller of `QualifyLead` gives beside the lead. */
export interface Qualification extends QualifyWishes {
  /** 3, or -1 for the default. */
  readonly status: number
  readonly mayCreateAccounts: boolean
  readonly currency?: RowReference | undefined
  readonly customer?: RowReference | undefined
  readonly campaign?: RowReference | undefined
}

type Service = PluginContext['service']

const reference = (table: string, id: string): RowReference => ({ table, id })

/** The lead, locked until the transaction ends: of two that qualify it at once one finds it closed. Refuses one that is not open. */
export async function lockOpenLead(service: Service, leadId: string): Promise<Row> {
  const [lead] = await service.find({ table: 'lead', where: { leadid: leadId }, forUpdate: true })
  if (lead === undefined) refuse({ code: '0x80040217', status: 404, message: `lead With Id = ${leadId} Does Not Exist` })
  const from = leadStateOf(lead.statecode) ?? 'open'
  enforce(refuseLeadMove({ lead: leadName(lead), from, to: 'qualified', way: 'qualify', onlyReason: false, hasOpportunity: false }))
  return lead
}

const leadName = (lead: Row): string => textOf(lead.subject ?? null) ?? textOf(lead.fullname ?? null) ?? String(lead.leadid)

/**
 * Turns an open lead into account, contact and opportunity and closes it as qualified. Gives the rows it created: account, contact,
 * opportunity. Source: Sales 2.1.
 */
export async function qualifyLead(service: Service, lead: Row, qualification: Qualification): Promise<readonly RowReference[]> {
  refuseOtherReason(lead, qualification.status)
  const plan = planQualification(lead, qualification)
  if (plan.createAccount && !qualification.mayCreateAccounts) enforce(MAY_NOT_CREATE_ACCOUNTS(leadName(lead)))
  const created: RowReference[] = []
  const account = await accountOf(service, { lead, plan, created })
  const contact = await contactOf(service, { lead, plan, created }, account)
  if (account !== null && contact !== null && created.length > 0) await setPrimaryContact(service, account, contact)
  const opportunity = plan.createOpportunity ? await createOpportunity(service, { lead, qualification, account, contact }) : null
  if (opportunity !== null) created.push(opportunity)
  await service.update('lead', [
    {
      id: String(lead.leadid),
      values: {
        statecode: LEAD_STATES.qualified,
        statuscode: LEAD_REASONS.qualified,
        ...(account !== null && { parentaccountid: account }),
        ...(contact !== null && { parentcontactid: contact }),
        ...(opportunity !== null && { qualifyingopportunityid: opportunity }),
      },
    },
  ])
  return created
}

function refuseOtherReason(lead: Row, status: number): void {
  if (status === -1 || status === LEAD_REASONS.qualified) return
  refuse({
    code: '0x80048408',
    message: `${status} is not a valid status code for state code LeadState.Qualified on lead with Id ${String(lead.leadid)}.`,
  })
}

interface Step {
  readonly lead: Row
  readonly plan: QualifyPlan
  readonly created: RowReference[]
}

/** What every created row gets. Source: Sales 2.1 (5). */
const origin = (lead: Row): Row => ({
  originatingleadid: reference('lead', String(lead.leadid)),
  ownerid: lead.ownerid ?? null,
})

async function createOne(service: Service, table: string, row: Row): Promise<RowReference> {
  const [id = ''] = await service.create(table, [row])
  return reference(table, id)
}

async function accountOf(service: Service, { lead, plan, created }: Step): Promise<RowReference | null> {
  if (!plan.createAccount) return plan.account
  const account = await createOne(service, 'account', { ...mapLead(lead, LEAD_TO_ACCOUNT), ...origin(lead) })
  created.push(account)
  return account
}

async function contactOf(service: Service, { lead, plan, created }: Step, account: RowReference | null): Promise<RowReference | null> {
  if (!plan.createContact) return plan.contact
  const contact = await createOne(service, 'contact', { ...mapLead(lead, LEAD_TO_CONTACT), ...origin(lead), parentcustomerid: account })
  created.push(contact)
  return contact
}

/** An account that has a primary contact keeps it. */
async function setPrimaryContact(service: Service, account: RowReference, contact: RowReference): Promise<void> {
  const [stored] = await service.find({
    table: 'account',
    columns: ['primarycontactid'],
    where: { accountid: account.id },
    forUpdate: true,
  })
  if (stored !== undefined && idOf(stored.primarycontactid) === null) {
    await service.update('account', [{ id: account.id, values: { primarycontactid: contact } }])
  }
}

async function createOpportunity(
  service: Service,
  facts: {
    readonly lead: Row
    readonly qualification: Qualification
    readonly account: RowReference | null
    readonly contact: RowReference | null
  },
): Promise<RowReference> {
  const { lead, qualification, account, contact } = facts
  return createOne(service, 'opportunity', {
    ...mapLead(lead, LEAD_TO_OPPORTUNITY),
    ...origin(lead),
    ...opportunityParties({ customer: qualification.customer ?? null, account, contact }),
    ...(qualification.currency !== undefined && { transactioncurrencyid: qualification.currency }),
    ...(qualification.campaign !== undefined && { campaignid: qualification.campaign }),
  })
}
