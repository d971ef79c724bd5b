import type { RunnerDeps } from './runner-deps.ts'
import type { StepJob } from './step-queue.ts'

/** Ends this attempt and leaves the same step to the next worker that is free: the engine stops, or the execution runs no more. */
export async function handBack(job: StepJob, deps: RunnerDeps): Promise<void> {
  await deps.store.transaction(async (session) => {
    await deps.queue.complete(job, session.runner)
    await session.releaseStep(job.id)
    await deps.queue.send([job.step], session.runner)
  })
}
