import { z } from 'zod'

export const organisation = z.object({ businessUnit: z.string(), legalEntity: z.string() })

export const leg = z.object({
  sourceEnvironmentType: z.string(),
  sourceSchema: z.string(),
  destinationEnvironmentType: z.string(),
  destinationSchema: z.string(),
  sourceFilter: z.string().optional(),
})

export const project = z
  .object({
    name: z.string(),
    templateName: z.string().optional(),
    templateVersion: z.string().optional(),
    connectionSetName: z.string(),
    organisations: z.array(organisation),
    dependsOn: z.array(z.string()).describe('projects whose rows this one refers to: run them before it'),
    tasks: z.array(z.object({ name: z.string(), order: z.number(), legs: z.array(leg) })),
  })
  .meta({ id: 'Project', description: 'A template bound to a connection set and organisation rows' })
export type Project = z.infer<typeof project>

export const template = z.object({ name: z.string(), version: z.string(), tasks: z.array(z.string()) }).meta({ id: 'Template' })
export const connectionSet = z
  .object({
    name: z.string(),
    connections: z.array(z.object({ name: z.string(), environmentType: z.string(), url: z.string() })),
    organisations: z.array(organisation),
  })
  .meta({ id: 'ConnectionSet', description: 'Credentials never leave the server' })
