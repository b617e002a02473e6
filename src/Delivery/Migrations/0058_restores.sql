-- That this database was brought back from a backup; ops/scripts/after-restore.sql writes it down. A broker was not brought back with it: it keeps what was put after that moment, and no longer has
-- what was taken from it since. Of the whole database, so of no workspace.
create table eventmesh.restores (
  restored_at timestamptz not null default now(),
  -- No transaction of this history from before the restore has this number or a higher one.
  cut_until xid8 not null,
  -- When what had been on the broker's queues at that moment was put there again.
  reconciled_at timestamptz,
  constraint pk_restores primary key (cut_until)
);
grant select, update (reconciled_at) on eventmesh.restores to eventmesh_feed;
