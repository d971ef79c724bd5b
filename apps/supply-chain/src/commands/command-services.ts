import { infologText } from '../domain/messages.ts'
import { type ServiceCatalogue, type ServiceOperation, ServiceRefusal } from '../odata/custom-services.ts'
import type { Command } from './command.ts'
import { commandUser } from './command-routes.ts'
import { parametersOf } from './describe-command.ts'
import { type CommandDeps, runCommand } from './run-command.ts'

/** The commands as custom services: group, service, operation. Source: protocol specification, 14. */
export function commandServices(deps: CommandDeps, commands: readonly Command[]): ServiceCatalogue {
  const catalogue: Record<string, Record<string, Record<string, ServiceOperation>>> = {}
  for (const command of commands) {
    const { group, service, name } = command.operation
    catalogue[group] = {
      ...catalogue[group],
      [service]: { ...catalogue[group]?.[service], [name]: operationOf(deps, command) },
    }
  }
  return catalogue
}

const operationOf = (deps: CommandDeps, command: Command): ServiceOperation => ({
  parameters: parametersOf(command),
  returnType: `${command.operation.name}Result`,
  async run({ parameters, user }) {
    const outcome = await runCommand(deps, { command, body: parameters, user: commandUser(user) })
    switch (outcome.kind) {
      case 'done':
        return { ...outcome.value, warnings: outcome.warnings.map(({ text }) => text) }
      case 'invalid':
        throw new ServiceRefusal(400, outcome.problems.join(' '))
      case 'refused':
        throw new ServiceRefusal(500, infologText(outcome.infolog))
      case 'key-reused':
        throw new TypeError('a custom service has no idempotency key')
    }
  },
})
