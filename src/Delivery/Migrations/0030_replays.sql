-- How far the replays of deliveries have come. One row a replay, from when it has counted what there is to do; what was asked and how it ended is in its stream.
create table eventmesh.replays (
  tenant_id varchar not null,
  id varchar not null,
  -- What is replayed is as it stood here.
  pinned_xid xid8 not null,
  pinned_seq bigint not null,
  found bigint not null,
  -- Behind what has been read; null at the beginning.
  cursor varchar,
  -- What has been read and may be done or not: deliveries, or events that lack some.
  in_hand varchar[] not null default '{}',
  done bigint not null default 0,
  skipped jsonb not null default '{}',
  updated_at timestamptz not null,
  constraint pk_replays primary key (tenant_id, id)
);
alter table eventmesh.replays enable row level security;
alter table eventmesh.replays force row level security;
create policy workspace on eventmesh.replays for select to eventmesh_tenant using (tenant_id = current_setting('app.tenant_id', true));
create policy feed on eventmesh.replays to eventmesh_feed using (true) with check (true);
grant select on eventmesh.replays to eventmesh_tenant;
grant select, insert, update on eventmesh.replays to eventmesh_feed;

-- How far the read model has come, in one snapshot with what it holds. It names feeds and positions, and no workspace.
grant select on public.mt_event_progression to eventmesh_tenant;
