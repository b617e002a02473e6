-- The Merkle log of each workspace (RFC 9162): a leaf for each stored event, in the order of the feed. Everything here can be made again from the events, but for the
-- checkpoints: those were signed, and others may hold them.

-- How far the log of a workspace has come.
create table eventmesh.log_state (
  tenant_id varchar collate "C" not null,
  size bigint not null,
  -- The roots of the perfect subtrees that the tree is made of, largest first, 32 bytes each.
  peaks bytea not null,
  -- The position of the last leaf.
  last_xid xid8 not null,
  last_seq bigint not null,
  constraint pk_log_state primary key (tenant_id),
  constraint whole_peaks check (octet_length(peaks) % 32 = 0)
)
-- A row changes with every page of the feed that its workspace is in; no indexed column does.
with (fillfactor = 60);

-- The hashes of the tree: those of leaves at level 0; at each further level the roots of 256 of the level below. A row holds neighbours, at most the 256 of one tile;
-- a tile that is not full yet is several rows, one for each page of the feed that brought some, and becomes one when it is.
create table eventmesh.log_tiles (
  tenant_id varchar collate "C" not null,
  level smallint not null,
  -- The index of the first hash in its level.
  first bigint not null,
  -- 32 bytes each.
  hashes bytea not null,
  -- The position of the first leaf; null above level 0.
  first_xid xid8,
  first_seq bigint,
  constraint pk_log_tiles primary key (tenant_id, level, first),
  constraint whole_hashes check (octet_length(hashes) % 32 = 0 and octet_length(hashes) between 32 and 8192),
  constraint leaves_have_positions check ((level = 0) = (first_xid is not null and first_seq is not null))
);
-- Hashes cannot be compressed.
alter table eventmesh.log_tiles alter column hashes set storage external;
-- Which leaf an event is: the tile by its position, then the events in between.
create index ix_log_tiles_positions on eventmesh.log_tiles (tenant_id, first_xid, first_seq) where level = 0;

-- What was signed. Each names the one before it, and no two name the same: two nodes cannot lead the log apart.
create table eventmesh.log_checkpoints (
  tenant_id varchar collate "C" not null,
  size bigint not null,
  -- The size of the one before; 0 for the first.
  previous bigint not null,
  root bytea not null,
  -- As a C2SP signed note.
  note varchar not null,
  -- Further lines of signature, by witnesses.
  cosignatures varchar not null default '',
  at timestamptz not null,
  constraint pk_log_checkpoints primary key (tenant_id, size),
  constraint one_after_another unique (tenant_id, previous),
  constraint grows check (size > previous and previous >= 0 and octet_length(root) = 32)
);

-- Logs that do not extend what was signed of them. Nothing is signed for them until the platform's operator has looked, and deleted the row.
create table eventmesh.log_faults (
  tenant_id varchar collate "C" not null,
  reason varchar not null,
  at timestamptz not null,
  constraint pk_log_faults primary key (tenant_id)
);

-- Which checkpoint each witness of a workspace has, by the size.
create table eventmesh.log_witnesses (
  tenant_id varchar collate "C" not null,
  -- Its address.
  witness varchar collate "C" not null,
  pushed bigint not null default 0,
  pushed_at timestamptz,
  failures integer not null default 0,
  last_error varchar,
  failed_at timestamptz,
  -- Not before then, after a failure.
  next_at timestamptz,
  constraint pk_log_witnesses primary key (tenant_id, witness)
);

do $$
declare
  target regclass;
begin
  foreach target in array array['eventmesh.log_state', 'eventmesh.log_tiles', 'eventmesh.log_checkpoints', 'eventmesh.log_faults', 'eventmesh.log_witnesses']::regclass[] loop
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy workspace on %s for select to eventmesh_tenant using (tenant_id = current_setting(''app.tenant_id'', true))', target);
    execute format('create policy feed on %s to eventmesh_feed using (true) with check (true)', target);
    execute format('grant select on %s to eventmesh_tenant', target);
  end loop;
end $$;
grant select, insert, update on eventmesh.log_state, eventmesh.log_witnesses to eventmesh_feed;
grant select, insert, update, delete on eventmesh.log_tiles to eventmesh_feed;
-- What was signed stays as it is.
grant select, insert, update (cosignatures) on eventmesh.log_checkpoints to eventmesh_feed;
grant select, insert on eventmesh.log_faults to eventmesh_feed;
