-- Exports of workspaces' histories that are asked for, under way, or kept. What was asked and how it ended is in its stream too; this is how it is carried out, and goes a week after its end.
create table eventmesh.exports (
  tenant_id varchar collate "C" not null,
  id varchar collate "C" not null,
  -- What was asked for, and by whom, as the event export_started and its metadata have it; but the filter is whole here.
  asked jsonb not null,
  actor varchar,
  elevation varchar,
  network varchar,
  correlation_id varchar,
  asked_at timestamptz not null,
  state varchar not null default 'queued',
  -- Somebody asked that it stop.
  cancelled_by varchar,
  -- Fixed when it begins: the position before the first event, and that of the last.
  after_xid xid8,
  after_seq bigint,
  end_xid xid8,
  end_seq bigint,
  -- The newest checkpoint of the workspace's log at the end; a signed note. Null: there is no log.
  checkpoint varchar,
  -- Everything up to here is in the parts.
  done_xid xid8,
  done_seq bigint,
  events bigint not null default 0,
  bytes bigint not null default 0,
  parts integer not null default 0,
  -- The id of the multipart upload at the object store, and the object's name.
  upload varchar,
  object varchar,
  -- The key that seals its parts, sealed as exports/{id}. Null: they are not kept here.
  sealed bytea,
  -- Of the whole, in hexadecimal digits.
  sha256 varchar,
  -- Why it failed, as the event says it, and what the object store called it.
  reason varchar,
  detail varchar,
  updated_at timestamptz not null,
  finished_at timestamptz,
  constraint pk_exports primary key (tenant_id, id),
  constraint known_state check (state in ('queued', 'running', 'finished', 'cancelled', 'failed'))
);
create index ix_exports_open on eventmesh.exports (asked_at) where finished_at is null;
create index ix_exports_finished on eventmesh.exports (finished_at) where finished_at is not null;

select eventmesh.register_sealed('eventmesh.exports', $$'exports/' || id$$);

-- The parts of exports, in order. Those for downloading are here, sealed with the key of their export; those in a bucket are there.
create table eventmesh.export_parts (
  tenant_id varchar collate "C" not null,
  export_id varchar collate "C" not null,
  number integer not null,
  -- Where the part begins in the whole.
  first_byte bigint not null,
  bytes bigint not null,
  events bigint not null,
  sha256 varchar not null,
  -- The position of its last event.
  end_xid xid8 not null,
  end_seq bigint not null,
  -- What the object store called it.
  etag varchar,
  body bytea,
  constraint pk_export_parts primary key (tenant_id, export_id, number)
);
-- What is sealed cannot be compressed.
alter table eventmesh.export_parts alter column body set storage external;

do $$
declare
  target regclass;
begin
  foreach target in array array['eventmesh.exports', 'eventmesh.export_parts']::regclass[] loop
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy workspace on %s to eventmesh_tenant using (tenant_id = current_setting(''app.tenant_id'', true)) with check (tenant_id = current_setting(''app.tenant_id'', true))', target);
    execute format('create policy feed on %s to eventmesh_feed using (true) with check (true)', target);
  end loop;
end $$;
grant select, insert, update (cancelled_by), delete on eventmesh.exports to eventmesh_tenant;
grant select, delete on eventmesh.export_parts to eventmesh_tenant;
-- To see what is to be done in all workspaces, do it, and take away what is old.
grant select, update, delete on eventmesh.exports to eventmesh_feed;
grant select, insert, delete on eventmesh.export_parts to eventmesh_feed;
