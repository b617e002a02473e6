-- How far each named consumer of a feed has come. What it is and where it began is in its stream; a row of an earlier generation (before a reset, or before its name was given
-- anew) says nothing any more.
create table eventmesh.consumers (
  tenant_id varchar collate "C" not null,
  name varchar collate "C" not null,
  generation bigint not null,
  -- Null until something was acknowledged in this generation.
  xid xid8,
  seq_id bigint,
  moved_at timestamptz,
  -- To ten seconds or so.
  seen_at timestamptz not null,
  constraint pk_consumers primary key (tenant_id, name),
  constraint a_position_is_whole check ((xid is null) = (seq_id is null))
)
with (fillfactor = 50);
alter table eventmesh.consumers enable row level security;
alter table eventmesh.consumers force row level security;
create policy workspace on eventmesh.consumers to eventmesh_tenant using (tenant_id = current_setting('app.tenant_id', true)) with check (tenant_id = current_setting('app.tenant_id', true));
create policy feed on eventmesh.consumers to eventmesh_feed using (true) with check (true);
grant select, insert, update, delete on eventmesh.consumers to eventmesh_tenant;
grant select, delete on eventmesh.consumers to eventmesh_feed;
