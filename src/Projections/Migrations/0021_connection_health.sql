-- How each connection has fared: since when it has had nothing but failures, and when it last failed and succeeded (successes to the minute).
create table eventmesh.connection_health (
  failing_since timestamptz,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  tenant_id varchar not null,
  connection_id varchar not null,
  constraint pk_connection_health primary key (tenant_id, connection_id)
)
with (fillfactor = 50);
create index ix_connection_health_failing on eventmesh.connection_health (failing_since) where failing_since is not null;
alter table eventmesh.connection_health enable row level security;
alter table eventmesh.connection_health force row level security;
create policy workspace on eventmesh.connection_health for select to eventmesh_tenant using (tenant_id = current_setting('app.tenant_id', true));
create policy feed on eventmesh.connection_health to eventmesh_feed using (true) with check (true);
grant select on eventmesh.connection_health to eventmesh_tenant;
grant select, insert, update, delete on eventmesh.connection_health to eventmesh_feed;
