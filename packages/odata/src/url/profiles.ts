import type { ODataProfile } from '../profile.ts'

const COMPARISONS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'and', 'or', 'not'] as const

/** Dataverse Web API v9.2 (wire specification 11): query functions and lambda, no arithmetic, no `in`, no `$skip`. */
export const dataverseProfile: ODataProfile = {
  name: 'dataverse',
  functions: ['contains', 'startswith', 'endswith'],
  operators: COMPARISONS,
  inOperator: false,
  lambda: true,
  apply: true,
  queryFunctionNamespace: 'Microsoft.Dynamics.CRM',
  options: ['$filter', '$select', '$expand', '$orderby', '$top', '$count', '$apply', '$skiptoken', '$deltatoken', '$id'],
  expandDepth: 10,
  maxExpands: 15,
  wildcards: 'like',
  maxUrlLength: 32_768,
  maxBatchUrlLength: 65_536,
  maxDepth: 100,
}

/** Finance and Operations `/data` (wire specification 9): arithmetic and `*` inside `eq`; no functions, lambda, `in`, `$apply`. */
export const finOpsProfile: ODataProfile = {
  name: 'finops',
  functions: [],
  operators: [...COMPARISONS, 'add', 'sub', 'mul', 'div', 'divby', 'mod'],
  inOperator: false,
  lambda: false,
  apply: false,
  options: ['$filter', '$select', '$orderby', '$top', '$skip', '$count', '$expand', '$format', '$skiptoken'],
  expandDepth: 1,
  maxExpands: 50,
  wildcards: 'asterisk',
  maxUrlLength: 32_768,
  maxBatchUrlLength: 65_536,
  maxDepth: 100,
}

/** `finOpsProfile` with the permissive switch on (FO-056): the three text functions and `in` are answered instead of refused. */
export const permissiveFinOpsProfile: ODataProfile = {
  ...finOpsProfile,
  functions: ['contains', 'startswith', 'endswith'],
  inOperator: true,
}
