import type { Database } from '@p2c/base'
import type { DataProject, OperationType, ProjectEntity, RefreshType, SourceFormat } from './package-model.ts'

/** Data projects and their entities. Projects are rows of the entity `DataManagementDefinitionGroups`; their names are the same in any case. */
export interface ProjectStore {
  find(name: string): Promise<DataProject | undefined>
  /** Leaves a project of that name as it is. */
  create(project: DataProject, operationType: OperationType): Promise<void>
  /** In the order of execution: unit, level, sequence, name. */
  listEntities(project: string): Promise<readonly ProjectEntity[]>
  /** Entities of all projects with the name of their project. */
  listAll(): Promise<readonly { readonly project: string; readonly entity: ProjectEntity }[]>
  /** Adds an entity or replaces it. Its position stays: a changed field list does not make the next export a full one. */
  putEntity(project: string, entity: ProjectEntity): Promise<void>
  /** Its position goes with it: added again, it is exported in full. False where there was none. */
  deleteEntity(project: string, entityName: string): Promise<boolean>
}

interface EntityRow {
  readonly entity_name: string
  readonly source_format: SourceFormat
  readonly refresh_type: RefreshType
  readonly execution_unit: number
  readonly level_in_execution_unit: number
  readonly sequence_in_level: number
  readonly fields: readonly string[]
}

const toEntity = (row: EntityRow): ProjectEntity => ({
  entityName: row.entity_name,
  sourceFormat: row.source_format,
  refreshType: row.refresh_type,
  executionUnit: row.execution_unit,
  levelInExecutionUnit: row.level_in_execution_unit,
  sequenceInLevel: row.sequence_in_level,
  fields: row.fields,
})

const COLUMNS = 'e.entity_name, e.source_format, e.refresh_type, e.execution_unit, e.level_in_execution_unit, e.sequence_in_level, e.fields'
const ORDER = 'e.execution_unit, e.level_in_execution_unit, e.sequence_in_level, e.entity_name'

export function createProjectStore(database: Database): ProjectStore {
  return {
    async find(name) {
      const text = 'select name, description from data_management_definition_group where lower(name) = lower($1)'
      return (await database.query<DataProject & Record<string, string>>(text, [name])).rows[0]
    },
    async create({ name, description }, operationType) {
      await database.query(
        `insert into data_management_definition_group (name, description, operation_type) values ($1, $2, $3) on conflict do nothing`,
        [name, description, operationType],
      )
    },
    async listEntities(project) {
      const text = `select ${COLUMNS} from data_project_entity e where e.project = lower($1) order by ${ORDER}`
      return (await database.query<EntityRow & Record<string, unknown>>(text, [project])).rows.map(toEntity)
    },
    async listAll() {
      const { rows } = await database.query<EntityRow & { readonly name: string }>(
        `select g.name, ${COLUMNS} from data_project_entity e join data_management_definition_group g on lower(g.name) = e.project order by e.project, ${ORDER}`,
      )
      return rows.map((row) => ({ project: row.name, entity: toEntity(row) }))
    },
    putEntity: (project, entity) => putEntity(database, project, entity),
    async deleteEntity(project, entityName) {
      const where = 'where project = lower($1) and lower(entity_name) = lower($2)'
      const text = `with forgotten as (delete from data_export_position ${where}) delete from data_project_entity ${where}`
      return (await database.query(text, [project, entityName])).rowCount !== 0
    },
  }
}

async function putEntity(database: Database, project: string, entity: ProjectEntity): Promise<void> {
  await database.query(
    `insert into data_project_entity
       (project, entity_name, source_format, refresh_type, execution_unit, level_in_execution_unit, sequence_in_level, fields)
     values (lower($1), $2, $3, $4, $5, $6, $7, $8)
     on conflict (project, entity_name) do update set source_format = excluded.source_format, refresh_type = excluded.refresh_type,
       execution_unit = excluded.execution_unit, level_in_execution_unit = excluded.level_in_execution_unit,
       sequence_in_level = excluded.sequence_in_level, fields = excluded.fields`,
    [
      project,
      entity.entityName,
      entity.sourceFormat,
      entity.refreshType,
      entity.executionUnit,
      entity.levelInExecutionUnit,
      entity.sequenceInLevel,
      entity.fields,
    ],
  )
}
