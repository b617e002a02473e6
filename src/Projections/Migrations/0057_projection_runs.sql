-- How each projection fares, as the node says that runs it: what was asked of it stands in the platform's history. Of workspaces nothing but ids.
create table eventmesh.projection_states (
  tenant_id varchar collate "C" not null default '$platform',
  name varchar not null,
  state varchar not null,
  -- The event that it stands at.
  stopped_xid xid8,
  stopped_seq bigint,
  stopped_workspace varchar,
  stopped_stream varchar,
  stopped_type varchar,
  stopped_reason varchar,
  since timestamptz not null default now(),
  constraint pk_projection_states primary key (name)
);

-- Rebuilds: of one workspace (tenant_id), or of all ($platform). Whichever node holds the lease works on it, and goes on where the row says.
create table eventmesh.projection_rebuilds (
  tenant_id varchar collate "C" not null,
  id varchar not null,
  name varchar not null,
  -- asked, running, cancelling; then done, cancelled or failed.
  state varchar not null default 'asked',
  phase varchar not null default 'reading',
  events bigint not null default 0,
  percent double precision not null default 0,
  events_per_second double precision not null default 0,
  -- Everything up to here is in the new rows. done_in: the transaction that wrote this down, younger than all of them.
  done_xid xid8,
  done_seq bigint,
  done_in xid8,
  -- What was written since done may be written again. While it may not, it is swept away instead.
  repeatable boolean not null default false,
  -- Of a workspace's new rows.
  generation integer,
  -- Readers see the new rows.
  shown boolean not null default false,
  failed_xid xid8,
  failed_seq bigint,
  failed_workspace varchar,
  failed_type varchar,
  failed_reason varchar,
  asked_by varchar not null,
  asked_at timestamptz not null default now(),
  cancelled_by varchar,
  ended_at timestamptz,
  constraint pk_projection_rebuilds primary key (id)
);
create unique index ix_projection_rebuilds_open on eventmesh.projection_rebuilds (name) where ended_at is null;
create index ix_projection_rebuilds_newest on eventmesh.projection_rebuilds (name, asked_at);

do $$
declare
  target regclass;
begin
  foreach target in array array['eventmesh.projection_states', 'eventmesh.projection_rebuilds']::regclass[] loop
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy workspace on %s using (tenant_id = current_setting(''app.tenant_id'', true))', target);
    execute format('create policy feed on %s to eventmesh_feed using (true) with check (true)', target);
    execute format('grant select, insert, update, delete on %s to eventmesh_feed', target);
  end loop;
end $$;

-- The statements that give a shadow the indexes that it lacks, one at a time as shadow_indexes does; what a killed build left behind goes first.
create function eventmesh.shadow_indexes_left(model text, only_primary boolean) returns setof text language sql stable set search_path = pg_catalog, pg_temp as $$
  with live as (
    select i.indisprimary, c.relname || '_shadow' as name,
      replace(pg_get_indexdef(i.indexrelid), format(' INDEX %I ON eventmesh.%I ', c.relname, model), format(' INDEX CONCURRENTLY %I ON eventmesh.%I ', c.relname || '_shadow', model || '_shadow')) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = format('eventmesh.%I', model)::regclass and (i.indisprimary or not only_primary)
  ), there as (
    select c.relname as name, i.indisvalid as valid, i.indisprimary from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = to_regclass(format('eventmesh.%I', model || '_shadow'))
  ), statement as (
    select name, 0 as step, format('drop index concurrently eventmesh.%I', name) as sql from there where not valid
    union all
    select name, 1, definition from live where not exists (select from there t where t.name = live.name and t.valid)
    union all
    select name, 2, format('alter table eventmesh.%I add constraint %I primary key using index %2$I', model || '_shadow', name) from live
    where live.indisprimary and not exists (select from there t where t.name = live.name and t.indisprimary)
  )
  select sql from statement order by name, step
$$;

-- How far a shadow has come: null when there is none, else whether it is guarded, which is its last step.
create function eventmesh.shadow_guarded(model text) returns boolean language sql stable set search_path = pg_catalog, pg_temp as $$
  select relforcerowsecurity from pg_class where oid = to_regclass(format('eventmesh.%I', model || '_shadow'))
$$;
revoke all on function eventmesh.shadow_indexes_left, eventmesh.shadow_guarded from public;
grant execute on function eventmesh.shadow_indexes_left, eventmesh.shadow_guarded to eventmesh_feed;
