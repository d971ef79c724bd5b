import { AppError, type Clock } from '@p2c/base'
import { comparable } from '../fields/row-key.ts'
import { encodeOption, literal } from './query.ts'
import { rowsOf, type SalesClient } from './sales-client.ts'

/** Who owns the rows that come for a business unit: its default team (integration specification 3.1, 4.1 no. 3). */
export interface OwnerTeams {
  /** Id of the team. Throws `business-unit-unknown`, `owner-team-missing`. */
  teamOf(businessUnit: string, signal: AbortSignal): Promise<string>
}

const MAX_AGE_MS = 10 * 60_000

export function createOwnerTeams(client: SalesClient, clock: Clock): OwnerTeams {
  const known = new Map<string, { readonly at: number; readonly team: Promise<string> }>()
  return {
    teamOf: (businessUnit, signal) => {
      const now = clock.now().getTime()
      const found = known.get(comparable(businessUnit))
      if (found !== undefined && now - found.at < MAX_AGE_MS) return found.team
      const team = findTeam(client, businessUnit.trim(), signal)
      known.set(comparable(businessUnit), { at: now, team })
      team.catch(() => known.delete(comparable(businessUnit)))
      return team
    },
  }
}

async function findTeam(client: SalesClient, name: string, signal: AbortSignal): Promise<string> {
  const list = async (set: string, select: string, filter: string) =>
    rowsOf((await client.get({ path: `${set}?$select=${select}&$filter=${encodeOption(filter)}` }, signal)).body)
  const units = await list('businessunits', 'businessunitid,name', `name eq ${literal('text', name)}`)
  const unit = units.find((row) => comparable(row.name) === comparable(name))
  if (unit === undefined) throw await unknownUnit(client, name, signal)
  const [team] = await list('teams', 'teamid', `_businessunitid_value eq ${String(unit.businessunitid)} and isdefault eq true`)
  if (team === undefined) throw missingTeam(name)
  return String(team.teamid)
}

async function unknownUnit(client: SalesClient, name: string, signal: AbortSignal): Promise<AppError> {
  const { body } = await client.get({ path: 'businessunits?$select=name&$orderby=name&$top=20' }, signal)
  const names = rowsOf(body).map((row) => String(row.name))
  return new AppError({
    category: 'schema',
    code: 'business-unit-unknown',
    message: `Sales has no business unit '${name}' (DIPV1008): new rows belong to the default team of the unit in the organisation row. There are ${names.join(', ')}. Correct the organisation row of the project and of its connection set.`,
    details: { businessUnit: name, names },
  })
}

const missingTeam = (name: string): AppError =>
  new AppError({
    category: 'schema',
    code: 'owner-team-missing',
    message: `Business unit '${name}' of Sales has no default team, which would own the rows that come. Create the team, or choose another unit in the organisation row.`,
    details: { businessUnit: name },
  })
