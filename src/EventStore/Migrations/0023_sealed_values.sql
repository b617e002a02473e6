-- Values that other tables keep sealed say themselves which data key opens them. Each such table is named here with how the name is made that a value is sealed for, so that a rotation finds
-- them and seals them anew, and an old key that opens none any more is destroyed. A table is registered once, by the migration that makes it; its column is called sealed.
create table eventmesh.sealed_tables (
  name text not null,
  -- An expression over the table's columns.
  sealed_as text not null,
  constraint pk_sealed_tables primary key (name)
);
grant select on eventmesh.sealed_tables to eventmesh_sealer;

-- The number of the data key that sealed a value; null when it is no sealed form. See SealedForm.
create function eventmesh.sealed_number(sealed bytea) returns integer language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when octet_length(sealed) >= 33 and get_byte(sealed, 0) = 1
    then (get_byte(sealed, 1) << 24) | (get_byte(sealed, 2) << 16) | (get_byte(sealed, 3) << 8) | get_byte(sealed, 4) end
$$;

-- The same as for secrets: nothing is stored that a closed key has sealed.
create function eventmesh.refuse_closed_value() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_current_xact_id();
  if exists (select from eventmesh.data_keys k where k.tenant_id = new.tenant_id and k.number = eventmesh.sealed_number(new.sealed) and k.closed_at is not null) then
    raise exception 'The value is sealed with a data key that is closed.' using errcode = '23E01';
  end if;
  return new;
end $$;

create function eventmesh.register_sealed(target regclass, sealed_as text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into eventmesh.sealed_tables (name, sealed_as) values (target::text, sealed_as);
  execute format('create trigger refuse_closed_value before insert or update of sealed on %s for each row execute function eventmesh.refuse_closed_value()', target);
  execute format('create policy sealer on %s to eventmesh_sealer using (true) with check (true)', target);
  execute format('grant select, update (sealed) on %s to eventmesh_sealer', target);
end $$;
revoke all on function eventmesh.register_sealed, eventmesh.refuse_closed_value from public;

-- Values of a workspace that another key than p_number has sealed, but for those that are known not to open.
create function eventmesh.find_sealed_values(p_tenant varchar, p_number integer, p_broken bytea[], p_max integer, out table_name text, out sealed_as text, out sealed bytea) returns setof record
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  target record;
begin
  for target in select t.name, t.sealed_as from eventmesh.sealed_tables t order by t.name loop
    return query execute format('select %L::text, (%s)::text, v.sealed from %s v where v.tenant_id = $1 and eventmesh.sealed_number(v.sealed) <> $2 and not v.sealed = any($3) limit $4',
      target.name, target.sealed_as, target.name) using p_tenant, p_number, p_broken, p_max;
  end loop;
end $$;

create function eventmesh.reseal_values(p_tenant varchar, p_table text, p_old bytea[], p_new bytea[]) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  resealed integer;
begin
  if not exists (select from eventmesh.sealed_tables t where t.name = p_table) then raise exception '% keeps no sealed values.', p_table; end if;
  execute format('update %s v set sealed = r.new from unnest($2, $3) as r(old, new) where v.tenant_id = $1 and v.sealed = r.old', p_table) using p_tenant, p_old, p_new;
  get diagnostics resealed = row_count;
  return resealed;
end $$;

-- Whether anything is still sealed with a key: it must not be destroyed.
create function eventmesh.seals_anything(p_tenant varchar, p_number integer) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  target text;
  found boolean;
begin
  if exists (select from eventmesh.payloads p where p.tenant_id = p_tenant and p.key_number = p_number)
     or exists (select from eventmesh.secrets s where s.tenant_id = p_tenant and s.key_number = p_number and s.destroyed_at is null)
     or exists (select from eventmesh.data_keys k where k.tenant_id = p_tenant and k.number = p_number and k.holds_values) then
    return true;
  end if;
  for target in select t.name from eventmesh.sealed_tables t loop
    execute format('select exists (select from %s v where v.tenant_id = $1 and eventmesh.sealed_number(v.sealed) = $2)', target) into found using p_tenant, p_number;
    if found then return true; end if;
  end loop;
  return false;
end $$;

-- Ends a closed key: destroyed when nothing is sealed with it any more; else kept, for what does not open, until a later rotation finds nothing left of it.
create or replace function eventmesh.retire_data_key(p_tenant varchar, p_number integer) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update eventmesh.data_keys k set wrapped = case when eventmesh.seals_anything(p_tenant, p_number) then k.wrapped end, retired_at = coalesce(k.retired_at, now()), changed_xid = pg_current_xact_id()
  where k.tenant_id = p_tenant and k.number = p_number and k.closed_at is not null and k.wrapped is not null;
end $$;

grant create on schema eventmesh to eventmesh_sealer;
alter function eventmesh.find_sealed_values owner to eventmesh_sealer;
alter function eventmesh.reseal_values owner to eventmesh_sealer;
alter function eventmesh.seals_anything owner to eventmesh_sealer;
revoke create on schema eventmesh from eventmesh_sealer;
revoke all on function eventmesh.find_sealed_values, eventmesh.reseal_values, eventmesh.seals_anything from public;
grant execute on function eventmesh.find_sealed_values, eventmesh.reseal_values, eventmesh.seals_anything to eventmesh_feed;
