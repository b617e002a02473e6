-- Keys change while everything runs: data keys are wrapped anew by another master key, and what an old data key sealed is sealed anew by the next. Whoever does that may do these few
-- things and nothing else, through functions of a role that owns nothing more.
do $$
declare
  enough constant text := case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end;
  granted constant text := case when current_setting('server_version_num')::integer >= 160000 then ' with set true, inherit false' else '' end;
begin
  begin
    if not exists (select from pg_roles r where r.rolname = 'eventmesh_sealer') then
      create role eventmesh_sealer nologin noinherit nobypassrls;
    end if;
  exception when duplicate_object or unique_violation then
    null; -- made by another database of this cluster in this moment
  end;
  begin
    if not pg_has_role(current_user, 'eventmesh_sealer', enough) then
      execute format('grant eventmesh_sealer to %I', current_user) || granted;
    end if;
  exception when insufficient_privilege then
    raise exception 'The role eventmesh_sealer belongs to the whole server and another user made it: let a superuser run GRANT eventmesh_sealer TO %', quote_ident(current_user) || granted
      using errcode = 'insufficient_privilege';
  end;
end $$;

alter table eventmesh.data_keys
  -- Whether something outside of payloads and secrets was sealed with it, which nobody here can seal anew: then it is closed, but never destroyed.
  add column holds_values boolean not null default false,
  drop constraint retired_is_destroyed,
  add constraint destroyed_is_retired check (wrapped is not null or retired_at is not null);
create index ix_data_keys_master_key on eventmesh.data_keys (master_key) where wrapped is not null;
create index ix_secrets_plain on eventmesh.secrets (tenant_id) where key_number is null and destroyed_at is null;
grant select (key_number) on eventmesh.secrets to eventmesh_feed;

-- How far the sealing anew of a workspace has come: one row a data key that took over.
create table eventmesh.data_key_rotations (
  tenant_id varchar collate "C" not null,
  number integer not null,
  -- sealing: payloads from the cursor on. closing: no transaction may seal with an older key any more, and those that might have are waited for. sweeping: what they left. done.
  phase varchar not null check (phase in ('sealing', 'closing', 'sweeping', 'done')),
  total bigint not null,
  done bigint not null default 0,
  after_id varchar,
  after_day date,
  -- Transactions below it may have seen the older keys open.
  fence xid8,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  constraint pk_data_key_rotations primary key (tenant_id, number)
);
alter table eventmesh.data_key_rotations enable row level security;
alter table eventmesh.data_key_rotations force row level security;
create policy workspace on eventmesh.data_key_rotations for select to eventmesh_tenant using (tenant_id = current_setting('app.tenant_id', true));
create policy feed on eventmesh.data_key_rotations to eventmesh_feed using (true) with check (true);
grant select on eventmesh.data_key_rotations to eventmesh_tenant;
grant select, insert, update on eventmesh.data_key_rotations to eventmesh_feed;

-- Only what still stands as it was read is replaced; a row that has expired or been sealed anew meanwhile is passed over.
create function eventmesh.reseal_payloads(p_tenant varchar, p_day date[], p_id varchar[], p_old integer[], p_body bytea[], p_key integer) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with resealed as (
    update eventmesh.payloads p set body = r.body, key_number = p_key
    from unnest(p_day, p_id, p_old, p_body) as r(day, id, old, body)
    where p.tenant_id = p_tenant and p.day = r.day and p.id = r.id and p.key_number is not distinct from r.old
    returning 1)
  select count(*)::integer from resealed
$$;

-- In a session of the workspace, for nobody else may read its secrets.
create function eventmesh.reseal_secrets(p_name varchar[], p_version integer[], p_old integer[], p_value bytea[], p_key integer) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with resealed as (
    update eventmesh.secrets s set value = r.value, key_number = p_key
    from unnest(p_name, p_version, p_old, p_value) as r(name, version, old, value)
    where s.tenant_id = current_setting('app.tenant_id', true) and s.name = r.name and s.version = r.version and s.destroyed_at is null and s.key_number is not distinct from r.old
    returning 1)
  select count(*)::integer from resealed
$$;

create function eventmesh.rewrap_data_keys(p_tenant varchar[], p_number integer[], p_old varchar[], p_wrapped bytea[], p_master_key varchar) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with rewrapped as (
    update eventmesh.data_keys k set wrapped = r.wrapped, master_key = p_master_key
    from unnest(p_tenant, p_number, p_old, p_wrapped) as r(tenant, number, old, wrapped)
    where k.tenant_id = r.tenant and k.number = r.number and k.master_key = r.old and k.wrapped is not null
    returning 1)
  select count(*)::integer from rewrapped
$$;

-- Closes every key that another has taken over from.
create function eventmesh.close_data_keys(p_tenant varchar, p_before integer) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update eventmesh.data_keys k set closed_at = now(), changed_xid = pg_current_xact_id()
  where k.tenant_id = p_tenant and k.number < p_before and k.closed_at is null
    and exists (select from eventmesh.data_keys n where n.tenant_id = p_tenant and n.number = p_before and n.closed_at is null)
$$;

-- Destroys a closed key, unless it has to stay for what was sealed elsewhere. Refuses while a payload or secret is sealed with it.
create function eventmesh.retire_data_key(p_tenant varchar, p_number integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from eventmesh.payloads p where p.tenant_id = p_tenant and p.key_number = p_number)
     or exists (select from eventmesh.secrets s where s.tenant_id = p_tenant and s.key_number = p_number and s.destroyed_at is null) then
    raise exception 'Data key % of % still seals something.', p_number, p_tenant using errcode = 'object_in_use';
  end if;
  update eventmesh.data_keys k set wrapped = case when k.holds_values then k.wrapped end, retired_at = now(), changed_xid = pg_current_xact_id()
  where k.tenant_id = p_tenant and k.number = p_number and k.closed_at is not null and k.retired_at is null;
end $$;

-- Says that a key seals something outside of payloads and secrets. False: it is closed, take the next.
create function eventmesh.keep_data_key(p_number integer) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with kept as (
    update eventmesh.data_keys k set holds_values = true
    where k.tenant_id = current_setting('app.tenant_id', true) and k.number = p_number and k.closed_at is null
    returning 1)
  select exists (select from kept)
$$;

grant usage on schema eventmesh to eventmesh_sealer;
create policy sealer on eventmesh.data_keys to eventmesh_sealer using (true) with check (true);
create policy sealer on eventmesh.payloads to eventmesh_sealer using (true) with check (true);
create policy sealer on eventmesh.secrets to eventmesh_sealer using (true) with check (true);
grant select (tenant_id, number, master_key, closed_at, retired_at, holds_values, wrapped), update (master_key, wrapped, closed_at, retired_at, holds_values, changed_xid) on eventmesh.data_keys to eventmesh_sealer;
grant select (tenant_id, day, id, key_number), update (body, key_number) on eventmesh.payloads to eventmesh_sealer;
grant select (tenant_id, name, version, key_number, destroyed_at), update (value, key_number) on eventmesh.secrets to eventmesh_sealer;

grant create on schema eventmesh to eventmesh_sealer;
do $$
declare
  owned regprocedure;
begin
  for owned in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'eventmesh'::regnamespace
      and p.proname in ('reseal_payloads', 'reseal_secrets', 'rewrap_data_keys', 'close_data_keys', 'retire_data_key', 'keep_data_key') loop
    execute format('alter function %s owner to eventmesh_sealer', owned);
    execute format('revoke all on function %s from public', owned);
  end loop;
end $$;
revoke create on schema eventmesh from eventmesh_sealer;
grant execute on function eventmesh.reseal_payloads, eventmesh.rewrap_data_keys, eventmesh.close_data_keys, eventmesh.retire_data_key to eventmesh_feed;
grant execute on function eventmesh.reseal_secrets, eventmesh.keep_data_key to eventmesh_tenant;
