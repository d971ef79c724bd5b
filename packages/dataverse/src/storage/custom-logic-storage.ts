/**
 * Stored beside the tables that are described: what end points sign in with, deliveries that wait, and which start rows have been given once.
 * `message` holds what the request line and its headers need, `body` what is sent; `claimed_by` names the sender that is at work on a delivery.
 */
export const CUSTOM_LOGIC_TABLES = `
create table if not exists platform_endpoint_secret (
  serviceendpointid uuid primary key,
  authvalue text not null
);
create table if not exists platform_webhook_outbox (
  asyncoperationid uuid primary key,
  place bigint generated always as identity,
  serviceendpointid uuid not null,
  message jsonb not null,
  body text not null,
  deletes_operation boolean not null,
  claimed_by integer
);
create index if not exists platform_webhook_outbox_place on platform_webhook_outbox (serviceendpointid, place);
create table if not exists platform_seeded (id uuid primary key);`
