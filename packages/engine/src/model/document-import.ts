/**
 * The forms that exported maps and older files use for the same thing (integration specification 10.6, 23): transforms as an array, a
 * bare object or an escaped string; directions as numbers, numeric text or words; the blank key of a value map as `__blank__`. What is not known
 * here stays as it is: the schema decides whether it is usable.
 */
export function normaliseDocument(input: unknown): unknown {
  if (!isRecord(input) || !Array.isArray(input.entityMappingTasks)) return input
  return { ...input, entityMappingTasks: input.entityMappingTasks.map(normaliseTask) }
}

function normaliseTask(task: unknown, index: number): unknown {
  if (!isRecord(task)) return task
  const legs = Array.isArray(task.legs) ? task.legs.map(normaliseLeg) : task.legs
  return { ...task, order: normaliseOrder(task.order, index), legs }
}

/** Tasks run in the order of the list where a file gives no number. */
function normaliseOrder(order: unknown, index: number): unknown {
  if (order === undefined || order === null) return index + 1
  return typeof order === 'string' && /^\d+$/.test(order) ? Number(order) : order
}

function normaliseLeg(leg: unknown): unknown {
  if (!isRecord(leg)) return leg
  const fieldMappings = Array.isArray(leg.fieldMappings) ? leg.fieldMappings.map(normaliseFieldMapping) : (leg.fieldMappings ?? [])
  const { sourceFilter, ...rest } = leg
  const filter = typeof sourceFilter === 'string' && sourceFilter.trim() === '' ? undefined : (sourceFilter ?? undefined)
  return { ...rest, ...(filter !== undefined && { sourceFilter: filter }), fieldMappings }
}

function normaliseFieldMapping(mapping: unknown): unknown {
  if (!isRecord(mapping)) return mapping
  const { valueTransforms, sourceField, destinationField, syncDirection, ...rest } = mapping
  return {
    ...rest,
    ...(syncDirection !== undefined && syncDirection !== null && { syncDirection: normaliseDirection(syncDirection) }),
    ...(isFilled(sourceField) && { sourceField }),
    ...(isFilled(destinationField) && { destinationField }),
    ...(valueTransforms !== undefined && valueTransforms !== null && { valueTransforms: normaliseTransforms(valueTransforms) }),
  }
}

const isFilled = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

const DIRECTION_WORDS: Readonly<Record<string, number>> = {
  sourcetodestination: 1,
  forward: 1,
  lefttoright: 1,
  oneway: 1,
  destinationtosource: 2,
  reverse: 2,
  backward: 2,
  righttoleft: 2,
  bidirectional: 3,
  both: 3,
  bothways: 3,
  twoway: 3,
}

function normaliseDirection(direction: unknown): unknown {
  if (typeof direction !== 'string') return direction
  const text = direction.trim().toLowerCase()
  return /^\d$/.test(text) ? Number(text) : (DIRECTION_WORDS[text.replace(/[\s_-]/g, '')] ?? direction)
}

/** Text is unescaped at most three times: exports nest JSON in JSON, nothing sensible nests deeper. */
function normaliseTransforms(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return depth < 3 ? normaliseTransforms(parseEscaped(value), depth + 1) : value
  if (Array.isArray(value)) return value.map(normaliseTransform)
  if (isRecord(value)) return [normaliseTransform(value)]
  return value
}

function parseEscaped(text: string): unknown {
  if (text.trim() === '') return []
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: handed on as a number, which the schema refuses at this very place with a pointer.
    return Number.NaN
  }
}

function normaliseTransform(transform: unknown): unknown {
  if (!isRecord(transform)) return transform
  // biome-ignore lint/suspicious/noThenProperty: the name in the file; a document is never awaited.
  if (transform.transformType === 'When') return { ...transform, then: normaliseTransforms(transform.then) }
  if (transform.transformType !== 'ValueMap' || !isRecord(transform.valueMap)) return transform
  const entries = Object.entries(transform.valueMap).map(([key, value]) => [key === '__blank__' ? '' : key, value] as const)
  return { ...transform, valueMap: Object.fromEntries(entries) }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
