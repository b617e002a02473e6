-- What became of the requests to each source of inbound webhooks: one row a source and outcome. Counted by the nodes and added now and then, so a flood costs no more than a trickle.
create table eventmesh.inbound_counts (
  tenant_id varchar collate "C" not null,
  source_id varchar collate "C" not null,
  outcome varchar not null,
  count bigint not null,
  last_at timestamptz not null,
  constraint pk_inbound_counts primary key (tenant_id, source_id, outcome)
);
alter table eventmesh.inbound_counts enable row level security;
alter table eventmesh.inbound_counts force row level security;
create policy workspace on eventmesh.inbound_counts using (tenant_id = current_setting('app.tenant_id', true));
create policy feed on eventmesh.inbound_counts to eventmesh_feed using (true) with check (true);
grant select on eventmesh.inbound_counts to eventmesh_tenant;
grant select, insert, update on eventmesh.inbound_counts to eventmesh_feed;
