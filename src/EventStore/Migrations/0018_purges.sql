-- A workspace that is closed for good is destroyed here, and only here may events be deleted: by one role, which nobody logs in as, through functions that delete the rows of a workspace whose
-- purge is under way and no others.
do $$
declare
  enough constant text := case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end;
  granted constant text := case when current_setting('server_version_num')::integer >= 160000 then ' with set true, inherit false' else '' end;
begin
  begin
    if not exists (select from pg_roles r where r.rolname = 'eventmesh_purger') then
      create role eventmesh_purger nologin noinherit nobypassrls;
    end if;
  exception when duplicate_object or unique_violation then
    null; -- made by another database of this cluster in this moment
  end;
  begin
    if not pg_has_role(current_user, 'eventmesh_purger', enough) then
      execute format('grant eventmesh_purger to %I', current_user) || granted;
    end if;
  exception when insufficient_privilege then
    raise exception 'The role eventmesh_purger belongs to the whole server and another user made it: let a superuser run GRANT eventmesh_purger TO %', quote_ident(current_user) || granted
      using errcode = 'insufficient_privilege';
  end;
end $$;

-- One row for each workspace that was ever purged or is. The platform's, and kept for ever: by it the id is never given again.
create table eventmesh.purges (
  tenant_id varchar collate "C" not null default '$platform' check (tenant_id = '$platform'),
  workspace varchar collate "C" not null,
  streams varchar not null check (streams in ('delete', 'skeletons')),
  -- The step under way, and what it has destroyed so far, by name.
  step varchar not null,
  step_started_at timestamptz not null default now(),
  counts jsonb not null default '{}',
  -- The data keys that it had, as they were before they went: number, master_key, erasure.
  data_keys jsonb,
  -- The last checkpoint of its log, as it was signed.
  checkpoint varchar,
  -- From then on nothing of the workspace is appended, whoever asks.
  shut boolean not null default false,
  shut_xid xid8,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  receipt text,
  constraint pk_purges primary key (workspace)
);
create index ix_purges_unfinished on eventmesh.purges (workspace) where finished_at is null;

-- What is left of the history where the workspace asked for it: no more than the log needs to be checked.
create table eventmesh.skeletons (
  tenant_id varchar collate "C" not null,
  xid xid8 not null,
  seq_id bigint not null,
  type varchar not null,
  at timestamptz not null,
  -- SHA-256 of the leaf, as in the log (RFC 9162).
  leaf bytea not null check (length(leaf) = 32),
  constraint pk_skeletons primary key (tenant_id, xid, seq_id)
);

do $$
declare
  target regclass;
begin
  foreach target in array array['eventmesh.purges', 'eventmesh.skeletons']::regclass[] loop
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy workspace on %s for select to eventmesh_tenant using (tenant_id = current_setting(''app.tenant_id'', true))', target);
    execute format('create policy feed on %s for select to eventmesh_feed using (true)', target);
    execute format('create policy purger on %s to eventmesh_purger using (true) with check (true)', target);
    execute format('grant select on %s to eventmesh_tenant, eventmesh_feed', target);
    execute format('grant select, insert on %s to eventmesh_purger', target);
  end loop;
end $$;
grant update on eventmesh.purges to eventmesh_purger;
create policy append on eventmesh.purges for select to eventmesh_writer using (true);
grant select (workspace, shut) on eventmesh.purges to eventmesh_writer;
grant usage on schema public, eventmesh to eventmesh_purger;

-- Whether the rows of a workspace may be deleted now.
create function eventmesh.is_purging(p_workspace varchar) returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from eventmesh.purges p where p.workspace = p_workspace and p.shut and p.finished_at is null)
$$;

-- Events are immutable still: what is let through is the deletion of all that a workspace had, by the one role and while its purge says so. No update, and no truncate, ever.
create or replace function eventmesh.refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_user = 'eventmesh_purger' then
    -- Nobody else may even ask.
    if eventmesh.is_purging(old.tenant_id) then
      return old;
    end if;
  end if;
  raise exception 'Events are immutable: % on % is refused.', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;

-- The tables that hold rows of workspaces, from the catalogue: whatever is added later is among them. reachable: whether the purger may delete there; the shadow of a rebuild is not yet.
create function eventmesh.purge_tables() returns table (name varchar, reachable boolean) language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('%I.%I', n.nspname, c.relname)::varchar, has_table_privilege('eventmesh_purger', c.oid, 'delete')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'eventmesh') and c.relkind in ('r', 'p') and not c.relispartition and c.relname not in ('purges', 'skeletons')
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
  order by 1
$$;

-- Lets the purger into every such table, to the rows that it may delete and to no others. Called at each start, after whatever migrations there were.
create function eventmesh.admit_purger() returns void language plpgsql as $$
declare
  found record;
  me constant name := current_user;
begin
  for found in
    select c.oid::regclass as target, c.relowner::regrole::text as owner, has_table_privilege('eventmesh_purger', c.oid, 'delete') as granted,
      exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'purge') as guarded
    from eventmesh.purge_tables() t join pg_class c on c.oid = t.name::regclass
    where c.relrowsecurity and c.relforcerowsecurity
  loop
    continue when found.granted and found.guarded;
    if found.owner <> quote_ident(me) then execute 'set local role ' || found.owner; end if;
    if not found.guarded then
      execute format('create policy purge on %s to eventmesh_purger using (eventmesh.is_purging(tenant_id)) with check (false)', found.target);
    end if;
    execute format('grant select, delete on %s to eventmesh_purger', found.target);
    if found.owner <> quote_ident(me) then execute format('set local role %I', me); end if;
  end loop;
end $$;

-- Begins once the workspace's own history says that there is no way back.
create function eventmesh.begin_purge(p_workspace varchar, p_streams varchar, p_step varchar) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from eventmesh.purges p where p.workspace = p_workspace) then
    return;
  end if;
  -- As the feed's policy lets whoever calls this see it.
  if not eventmesh.says_purging(p_workspace) then
    raise exception 'Workspace % is not being purged.', p_workspace using errcode = 'object_not_in_prerequisite_state';
  end if;
  insert into eventmesh.purges (workspace, streams, step) values (p_workspace, p_streams, p_step) on conflict do nothing;
end $$;
create function eventmesh.says_purging(p_workspace varchar) returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (select from public.mt_events e where e.tenant_id = p_workspace and e.stream_id = 'workspace' and e.type = 'workspace_purging')
$$;

create function eventmesh.next_purge_step(p_workspace varchar, p_from varchar, p_to varchar) returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  update eventmesh.purges p set step = p_to, step_started_at = now(), counts = '{}' where p.workspace = p_workspace and p.step = p_from and p.finished_at is null
$$;

create function eventmesh.shut_purge(p_workspace varchar) returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  update eventmesh.purges p set shut = true, shut_xid = pg_current_xact_id() where p.workspace = p_workspace and not p.shut and p.finished_at is null
$$;

-- What is not in a table: noted before it is destroyed, so that whoever takes over after a crash counts the same.
create function eventmesh.count_purged(p_workspace varchar, p_name varchar, p_count bigint) returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  update eventmesh.purges p set counts = p.counts || jsonb_build_object(p_name, greatest(p_count, coalesce((p.counts ->> p_name)::bigint, 0))) where p.workspace = p_workspace and p.finished_at is null
$$;

create function eventmesh.note_purged_keys(p_workspace varchar, p_keys jsonb, p_checkpoint varchar) returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  update eventmesh.purges p set data_keys = p_keys, checkpoint = p_checkpoint where p.workspace = p_workspace and p.data_keys is null and p.finished_at is null
$$;

-- Deletes at most p_max rows of a workspace from one of its tables and counts them, together: a crash loses neither or both.
create function eventmesh.purge_rows(p_workspace varchar, p_table varchar, p_max integer) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  target regclass;
  keys text;
  gone bigint;
begin
  if not eventmesh.is_purging(p_workspace) then
    raise exception 'Workspace % is not being purged.', p_workspace using errcode = 'object_not_in_prerequisite_state';
  end if;
  select t.name::regclass into strict target from eventmesh.purge_tables() t where t.name = p_table;
  if (select c.relkind from pg_class c where c.oid = target) = 'p' then
    -- A row's place is unique in its partition alone. Payloads have an index by what names them.
    keys := case when target = 'eventmesh.payloads'::regclass then 'id, day' else 'tableoid, ctid' end;
    execute format('delete from %1$s where tenant_id = $1 and (%2$s) in (select %2$s from %1$s where tenant_id = $1 limit $2)', target, keys) using p_workspace, p_max;
  else
    execute format('delete from %1$s where ctid = any(array(select ctid from %1$s where tenant_id = $1 limit $2)) and tenant_id = $1', target) using p_workspace, p_max;
  end if;
  get diagnostics gone = row_count;
  if gone > 0 then
    update eventmesh.purges p set counts = p.counts || jsonb_build_object(p_table, gone + coalesce((p.counts ->> p_table)::bigint, 0)) where p.workspace = p_workspace;
  end if;
  return gone;
end $$;

-- Keeps the skeletons of events and deletes the events.
create function eventmesh.keep_skeletons(p_workspace varchar, p_seq bigint[], p_leaf bytea[]) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  gone bigint;
begin
  if not exists (select from eventmesh.purges p where p.workspace = p_workspace and p.shut and p.finished_at is null and p.streams = 'skeletons') then
    raise exception 'Workspace % is not being purged to skeletons.', p_workspace using errcode = 'object_not_in_prerequisite_state';
  end if;
  insert into eventmesh.skeletons (tenant_id, xid, seq_id, type, at, leaf)
  select e.tenant_id, e.xid, e.seq_id, e.type, e.timestamp, k.leaf from unnest(p_seq, p_leaf) as k(seq, leaf) join public.mt_events e on e.seq_id = k.seq and e.tenant_id = p_workspace
  on conflict do nothing;
  delete from public.mt_events e where e.tenant_id = p_workspace and e.seq_id = any(p_seq) and exists (select from eventmesh.skeletons s where s.tenant_id = p_workspace and s.seq_id = e.seq_id);
  get diagnostics gone = row_count;
  update eventmesh.purges p set counts = p.counts || jsonb_build_object('public.mt_events', gone + coalesce((p.counts ->> 'public.mt_events')::bigint, 0),
    'skeletons_kept', gone + coalesce((p.counts ->> 'skeletons_kept')::bigint, 0)) where p.workspace = p_workspace;
  return gone;
end $$;

create function eventmesh.finish_purge(p_workspace varchar, p_receipt varchar) returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  update eventmesh.purges p set finished_at = now(), receipt = p_receipt where p.workspace = p_workspace and p.finished_at is null
$$;

-- No data key and no secret is made for a workspace that is being purged or was.
create function eventmesh.refuse_purged() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from eventmesh.purges p where p.workspace = new.tenant_id and p.shut) then
    raise exception 'Workspace % was purged.', new.tenant_id using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger refuse_purged before insert on eventmesh.data_keys for each row execute function eventmesh.refuse_purged();
create trigger refuse_purged before insert on eventmesh.secrets for each row execute function eventmesh.refuse_purged();

grant create on schema eventmesh to eventmesh_purger, eventmesh_feed;
do $$
declare
  owned regprocedure;
begin
  for owned in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'eventmesh'::regnamespace
      and p.proname in ('is_purging', 'begin_purge', 'next_purge_step', 'shut_purge', 'count_purged', 'note_purged_keys', 'purge_rows', 'keep_skeletons', 'finish_purge', 'refuse_purged') loop
    execute format('alter function %s owner to eventmesh_purger', owned);
    execute format('revoke all on function %s from public', owned);
  end loop;
  -- Reads the workspace's history, which the purger sees only once it is shut.
  alter function eventmesh.says_purging owner to eventmesh_feed;
end $$;
revoke create on schema eventmesh from eventmesh_purger, eventmesh_feed;
revoke all on function eventmesh.says_purging, eventmesh.purge_tables, eventmesh.admit_purger from public;
grant execute on function eventmesh.says_purging, eventmesh.purge_tables to eventmesh_purger;
grant execute on function eventmesh.begin_purge, eventmesh.next_purge_step, eventmesh.shut_purge, eventmesh.count_purged, eventmesh.note_purged_keys, eventmesh.purge_rows,
  eventmesh.keep_skeletons, eventmesh.finish_purge, eventmesh.purge_tables to eventmesh_feed;
