-- A secret has versions, each used, and each destroyed when it is over: the value goes, the row that says that it was stays.
alter table eventmesh.secrets
  alter column value drop not null,
  add column destroyed_at timestamptz,
  add column last_used_at timestamptz,
  add constraint destroyed_is_gone check ((value is null) = (destroyed_at is not null));
create index ix_secrets_kept on eventmesh.secrets (tenant_id, name, version) where destroyed_at is null;

-- A workspace's session changes a secret in these two ways alone. Both run as a role that row-level security binds to app.tenant_id as it binds the session.
create function eventmesh.destroy_secrets(p_names varchar[], p_versions integer[], p_at timestamptz) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with destroyed as (
    update eventmesh.secrets s set value = null, destroyed_at = p_at
    from unnest(p_names, p_versions) as d(name, version)
    where s.tenant_id = current_setting('app.tenant_id', true) and s.name = d.name and s.version = d.version and s.destroyed_at is null
    returning 1)
  select count(*)::integer from destroyed
$$;

create function eventmesh.secrets_used(p_names varchar[], p_versions integer[], p_at timestamptz[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update eventmesh.secrets s set last_used_at = u.at
  from (select d.name, d.version, max(d.at) as at from unnest(p_names, p_versions, p_at) as d(name, version, at) group by d.name, d.version order by d.name, d.version) u
  where s.tenant_id = current_setting('app.tenant_id', true) and s.name = u.name and s.version = u.version and (s.last_used_at is null or s.last_used_at < u.at)
$$;

grant select, update (value, destroyed_at, last_used_at) on eventmesh.secrets to eventmesh_writer;
grant create on schema eventmesh to eventmesh_writer;
alter function eventmesh.destroy_secrets owner to eventmesh_writer;
alter function eventmesh.secrets_used owner to eventmesh_writer;
revoke create on schema eventmesh from eventmesh_writer;
revoke all on function eventmesh.destroy_secrets, eventmesh.secrets_used from public;
grant execute on function eventmesh.destroy_secrets, eventmesh.secrets_used to eventmesh_tenant;

-- Who looks for what is over sees which there are in every workspace, and no value.
create policy feed on eventmesh.secrets for select to eventmesh_feed using (true);
grant select (tenant_id, name, version, created_at, destroyed_at) on eventmesh.secrets to eventmesh_feed;
