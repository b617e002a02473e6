-- A rebuild writes a second table, <model>_shadow, and puts it in the place of the first. It has the columns and options of the first from the beginning;
-- once it is full it gets its indexes (under names that end in _shadow) and, as COPY refuses tables under row-level security, only then its policies and
-- grants. Until then nobody but its owner may use it.
create function eventmesh.drop_shadow(model text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('drop table if exists eventmesh.%I', model || '_shadow');
  execute format('drop table if exists eventmesh.%I', model || '_replaced');
end $$;

create function eventmesh.create_shadow(model text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  live regclass := format('eventmesh.%I', model)::regclass;
  shadow text := format('eventmesh.%I', model || '_shadow');
  options text[];
begin
  execute format('create table %s (like %s including all excluding indexes)', shadow, live);
  select reloptions into options from pg_class where oid = live;
  if options is not null then
    execute format('alter table %s set (%s)', shadow, array_to_string(options, ', '));
  end if;
end $$;

create function eventmesh.guard_shadow(model text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  live regclass := format('eventmesh.%I', model)::regclass;
  shadow text := format('eventmesh.%I', model || '_shadow');
  found record;
begin
  execute format('alter table %s enable row level security', shadow);
  execute format('alter table %s force row level security', shadow);
  for found in select * from pg_policies where schemaname = 'eventmesh' and tablename = model loop
    execute format('create policy %I on %s as %s for %s to %s%s%s', found.policyname, shadow, found.permissive, found.cmd,
      (select string_agg(case r when 'public' then 'public' else quote_ident(r) end, ', ') from unnest(found.roles) r),
      ' using (' || found.qual || ')', ' with check (' || found.with_check || ')');
  end loop;
  for found in select a.grantee::regrole::text as role, a.privilege_type as privilege from pg_class c, aclexplode(c.relacl) a where c.oid = live and a.grantee not in (0, c.relowner) loop
    execute format('grant %s on %s to %s', found.privilege, shadow, found.role);
  end loop;
end $$;

-- The statements that give the shadow its indexes, one at a time and outside of any transaction: an index that is built concurrently writes under no
-- transaction id while it is built, so no feed waits for it.
create function eventmesh.shadow_indexes(model text) returns setof text language sql stable set search_path = pg_catalog, pg_temp as $$
  with live as (
    select i.indexrelid, i.indisprimary, c.relname as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = format('eventmesh.%I', model)::regclass
  ), statement as (
    select name, 1 as step, replace(definition, format(' INDEX %I ON eventmesh.%I ', name, model), format(' INDEX CONCURRENTLY %I ON eventmesh.%I ', name || '_shadow', model || '_shadow')) as sql from live
    union all
    select name, 2, format('alter table eventmesh.%I add constraint %I primary key using index %2$I', model || '_shadow', name || '_shadow') from live where indisprimary
  )
  select sql from statement order by name, step
$$;

-- The shadow becomes the read model, in the caller's transaction; what was read until then is left as <model>_replaced.
create function eventmesh.swap_shadow(model text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  live regclass := format('eventmesh.%I', model)::regclass;
  shadow regclass := format('eventmesh.%I', model || '_shadow')::regclass;
  name text;
begin
  if not (select relrowsecurity and relforcerowsecurity from pg_class where oid = shadow) then
    raise exception '% is not guarded.', shadow;
  end if;
  execute format('alter table %s rename to %I', live, model || '_replaced');
  for name in select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = live loop
    execute format('alter index eventmesh.%I rename to %I', name, name || '_replaced');
  end loop;
  execute format('alter table %s rename to %I', shadow, model);
  for name in select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = shadow loop
    execute format('alter index eventmesh.%I rename to %I', name, regexp_replace(name, '_shadow$', ''));
  end loop;
end $$;

revoke all on function eventmesh.drop_shadow, eventmesh.create_shadow, eventmesh.guard_shadow, eventmesh.shadow_indexes, eventmesh.swap_shadow from public;
grant execute on function eventmesh.drop_shadow, eventmesh.create_shadow, eventmesh.guard_shadow, eventmesh.shadow_indexes, eventmesh.swap_shadow to eventmesh_feed;
