-- Attempts that are due later: the retries of failed ones, and those set aside because their connection is slow. One row a delivery.
create table eventmesh.retry_timers (
  tenant_id varchar not null,
  delivery_id varchar not null,
  attempt integer not null,
  due_at timestamptz not null,
  event_id varchar not null,
  accepted_at timestamptz not null,
  connection_id varchar not null,
  rule_id varchar not null,
  position varchar not null,
  traceparent varchar,
  -- The run of the clock that has handed it to the queues; null or another run's: nobody has.
  claimed_by uuid,
  constraint pk_retry_timers primary key (tenant_id, delivery_id)
);
create index ix_retry_timers_due on eventmesh.retry_timers (due_at);
alter table eventmesh.retry_timers enable row level security;
alter table eventmesh.retry_timers force row level security;
create policy workspace on eventmesh.retry_timers using (tenant_id = current_setting('app.tenant_id', true));
create policy feed on eventmesh.retry_timers to eventmesh_feed using (true) with check (true);
grant select, insert, update, delete on eventmesh.retry_timers to eventmesh_feed;
