import { z } from 'zod'
import { projectSchema, templateSchema } from './documents.ts'

/** JSON Schema (draft 2020-12) of template files, for editors and checks; written out by the repository's generate script. */
export const templateJsonSchema = (): Record<string, unknown> => describe(templateSchema, 'Template of Prospect to Cash')

/** JSON Schema (draft 2020-12) of project files. */
export const projectJsonSchema = (): Record<string, unknown> => describe(projectSchema, 'Project of Prospect to Cash')

const describe = (schema: z.ZodType, title: string): Record<string, unknown> => ({
  ...z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }),
  title,
})
