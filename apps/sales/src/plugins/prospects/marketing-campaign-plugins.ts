import type { Plugin, PluginContext, TableEvent } from '@p2c/dataverse'
import {
  ALREADY_RELATED,
  LIST_NOT_ACTIVE,
  RESPONSE_CAMPAIGN_FIXED,
  RESPONSE_WITHOUT_CAMPAIGN,
} from '../../domain/prospects/marketing-campaign.ts'
import { needsNumber } from '../../domain/record-number.ts'
import { CAMPAIGN_SERIES, drawOrganizationNumbers } from '../documents/draw-organization-numbers.ts'
import { changes, enforce, idOf, nextIds, nextValue } from '../row-values.ts'
import { lockLists } from './marketing-list-plugins.ts'

/** A new campaign without code gets the next one; a given code is kept. Source: Sales 1.13 and 5. */
async function numberCampaigns(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const unnumbered = events.filter((event) => needsNumber(event.target.codename))
  if (unnumbered.length === 0) return
  const codes = await drawOrganizationNumbers(context, CAMPAIGN_SERIES, unnumbered.length)
  unnumbered.forEach((event, at) => {
    event.target.codename = codes[at] ?? null
  })
}

/** Only active lists go into a campaign, each once. The lists are locked: of two that add one at once, one sees the other. */
async function checkItems(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  const lists = await lockLists(context.service, nextIds(events, 'listid'))
  const where = { listid: [...lists.keys()] }
  const stored = lists.size === 0 ? [] : await context.service.find({ table: 'campaignitem', columns: ['listid', 'campaignid'], where })
  const taken = new Set(stored.map((row) => `${idOf(row.listid)} ${idOf(row.campaignid)}`))
  for (const { target } of events) {
    const list = lists.get(idOf(target.listid) ?? '')
    if (list === undefined) continue // The platform refuses an item without list.
    if (list.statecode === 1) enforce(LIST_NOT_ACTIVE(String(list.listname)))
    const pair = `${idOf(target.listid)} ${idOf(target.campaignid)}`
    if (taken.has(pair)) enforce(ALREADY_RELATED(String(list.listname)))
    taken.add(pair)
  }
}

/** A response belongs to a campaign and stays with it. */
async function checkResponses(events: readonly TableEvent[], context: PluginContext): Promise<void> {
  for (const event of events) {
    if (idOf(nextValue(event, 'regardingobjectid')) === null) enforce(RESPONSE_WITHOUT_CAMPAIGN)
    if (event.before !== undefined && changes(event, 'regardingobjectid')) enforce(RESPONSE_CAMPAIGN_FIXED)
    if (event.before === undefined) event.target.receivedon ??= `${context.clock.now().toISOString().slice(0, 19)}Z`
  }
}

const response = { table: 'campaignresponse', name: 'campaign response', stage: 'pre-operation', run: checkResponses } as const

/** Items and responses of campaigns. Source: Sales 1.13; the codes are named by the error list. */
export const marketingCampaignPlugins: readonly Plugin[] = [
  { table: 'campaignitem', name: 'campaign item', message: 'create', stage: 'pre-operation', run: checkItems },
  { ...response, message: 'create' },
  { ...response, message: 'update', columns: ['regardingobjectid'], reads: ['regardingobjectid'] },
]

/** Codes of campaigns: they lock the organisation's counters, so they come last. */
export const campaignNumberPlugins: readonly Plugin[] = [
  { table: 'campaign', name: 'campaign code', message: 'create', stage: 'pre-operation', run: numberCampaigns },
]
