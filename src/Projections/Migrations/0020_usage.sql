-- What each workspace used in each month, UTC: one row a month. last_*: the position of the last event that was counted.
create table eventmesh.usage (
  events bigint not null,
  bytes bigint not null,
  deliveries bigint not null,
  attempts bigint not null,
  failures bigint not null,
  last_xid xid8 not null,
  last_seq bigint not null,
  generation integer not null,
  tenant_id varchar not null,
  period varchar not null,
  -- Names of limits.
  exceeded varchar[] not null,
  constraint pk_usage primary key (tenant_id, period, generation)
)
-- A row changes with every page of the feed that its workspace is in; no indexed column does.
with (fillfactor = 50);
alter table eventmesh.usage owner to eventmesh_feed;
alter table eventmesh.usage enable row level security;
alter table eventmesh.usage force row level security;
create policy feed on eventmesh.usage to eventmesh_feed using (true) with check (true);
create policy workspace on eventmesh.usage for select to eventmesh_tenant using (
  tenant_id = current_setting('app.tenant_id', true)
  and generation = coalesce((
    select g.generation from eventmesh.read_model_generations g
    where g.model = 'usage' and g.tenant_id = current_setting('app.tenant_id', true)), 0));
grant select on eventmesh.usage to eventmesh_tenant;
