import type { Migration } from '@p2c/base'

/** One allowance of requests per identity at a system, shared by all workers (ADR 0009). */
export const addRequestBudget: Migration = {
  name: '0003-add-request-budget',
  sql: `
create table request_budget (
  identity text primary key,
  -- no request leaves before, whichever worker was told so
  paused_until timestamptz not null default '-infinity',
  -- time between two requests of all workers together; 0: nothing limits them
  spacing_ms double precision not null default 0,
  -- when the next request may leave at the earliest, as far as they are spaced
  next_at timestamptz not null default '-infinity',
  -- what the rate is worked out from; read and written by the engine alone
  state jsonb not null default '{}'
);

-- Milliseconds until a request may leave; 0: now. Where requests are spaced, or paused, the moment is kept for this one alone, unless it lies
-- further ahead than the caller would wait: then nothing is kept.
create function take_request_slot(wanted text, longest_wait_ms double precision) returns double precision language plpgsql as $$
declare
  budget request_budget;
  slot timestamptz;
begin
  select * into budget from request_budget where identity = wanted;
  if not found or (budget.spacing_ms = 0 and budget.paused_until <= clock_timestamp()) then
    return 0;
  end if;
  -- A slot that is forgotten in a crash of the database is no loss; pauses are written elsewhere, and durably.
  perform set_config('synchronous_commit', 'off', true);
  select * into budget from request_budget where identity = wanted for update;
  slot := greatest(budget.next_at, budget.paused_until, clock_timestamp());
  if extract(epoch from slot - clock_timestamp()) * 1000 <= longest_wait_ms then
    update request_budget set next_at = slot + budget.spacing_ms * interval '1 millisecond' where identity = wanted;
  end if;
  return greatest(extract(epoch from slot - clock_timestamp()) * 1000, 0);
end $$;
`,
}
