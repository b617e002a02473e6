-- The keys that payloads and secrets are sealed with: for each workspace one at a time, several while it rotates. Here they are wrapped by a master key that the database never sees.
create table eventmesh.data_keys (
  tenant_id varchar collate "C" not null,
  number integer not null check (number > 0),
  -- The id of the master key that wrapped it.
  master_key varchar not null,
  -- Null: destroyed. Nothing is sealed with it any more.
  wrapped bytea,
  created_at timestamptz not null,
  -- From then on nothing new is sealed with it: the database refuses what is.
  closed_at timestamptz,
  retired_at timestamptz,
  -- The transaction that made or closed it: what other nodes look for.
  changed_xid xid8 not null default pg_current_xact_id(),
  constraint pk_data_keys primary key (tenant_id, number),
  constraint retired_is_destroyed check ((wrapped is null) = (retired_at is not null))
);
create index ix_data_keys_changed on eventmesh.data_keys (changed_xid);
alter table eventmesh.data_keys enable row level security;
alter table eventmesh.data_keys force row level security;
create policy workspace on eventmesh.data_keys using (tenant_id = current_setting('app.tenant_id', true)) with check (tenant_id = current_setting('app.tenant_id', true));
create policy feed on eventmesh.data_keys for select to eventmesh_feed using (true);
create policy append on eventmesh.data_keys for select to eventmesh_writer using (true);
grant select, insert on eventmesh.data_keys to eventmesh_tenant;
grant select on eventmesh.data_keys to eventmesh_feed;
-- Who appends learns which keys are closed, and no key.
grant select (tenant_id, number, closed_at) on eventmesh.data_keys to eventmesh_writer;

-- The number of the data key that sealed the row; null: it is plain, from before there was one.
alter table eventmesh.payloads add column key_number integer;
alter table eventmesh.secrets add column key_number integer;
-- What is still plain; empty from the day on which everything was sealed.
create index ix_payloads_plain on eventmesh.payloads (tenant_id, id, day) where key_number is null;

-- A key that is to be destroyed is closed first. Whoever stores something sealed looks whether its key is closed after its transaction got its id: so when every transaction that had an
-- id by the time the key was closed has ended, what is sealed with it can be counted, and nothing comes after.
create function eventmesh.refuse_closed_key() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_current_xact_id();
  if exists (select from eventmesh.data_keys k where k.tenant_id = new.tenant_id and k.number = new.key_number and k.closed_at is not null) then
    raise exception 'The secret is sealed with a data key that is closed.' using errcode = '23E01';
  end if;
  return new;
end $$;
create trigger refuse_closed_key before insert or update of value on eventmesh.secrets for each row when (new.key_number is not null and new.value is not null) execute function eventmesh.refuse_closed_key();
revoke all on function eventmesh.refuse_closed_key from public;

-- eventmesh.append with p_key: the data key that sealed each payload. The older function stays for nodes that still call it.
create function eventmesh.append_sealed(
  s_tenant varchar[], s_stream varchar[], s_type varchar[], s_expected bigint[], s_count bigint[], s_at timestamptz[],
  e_req integer[], e_tenant varchar[], e_stream varchar[], e_version bigint[], e_id uuid[], e_data jsonb[], e_type varchar[], e_dotnet varchar[],
  e_at timestamptz[], e_correlation varchar[], e_causation varchar[], e_headers jsonb[], e_user varchar[],
  p_req integer[], p_tenant varchar[], p_id varchar[], p_day date[], p_content_type varchar[], p_body bytea[], p_key integer[],
  fresh integer, known integer,
  out xid xid8, out sequences bigint[], out lost integer[], out actual bigint[], out taken_by uuid[], out taken_xid xid8[], out taken_sequence bigint[])
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  started integer := 0;
  advanced integer := 0;
begin
  lost := '{}';

  -- First, because the transaction gets its id by its first write: a stream that is seen at its expected version was brought there by a transaction
  -- that committed before, and whose id is therefore smaller. So the feed's order is each stream's order, whatever a caller expects.
  if known > 0 then
    update public.mt_streams m set version = s.expected + s.count, timestamp = s.at
    from unnest(s_tenant, s_stream, s_expected, s_count, s_at) as s(tenant, stream, expected, count, at)
    where s.expected > 0 and m.tenant_id = s.tenant and m.id = s.stream and m.version = s.expected and not m.is_archived;
    get diagnostics advanced = row_count;
  end if;

  if fresh > 0 then
    insert into public.mt_streams (tenant_id, id, type, version, timestamp, created, is_archived)
    select s.tenant, s.stream, s.type, s.count, s.at, s.at, false
    from unnest(s_tenant, s_stream, s_type, s_expected, s_count, s_at) as s(tenant, stream, type, expected, count, at)
    where s.expected = 0
    on conflict do nothing;
    get diagnostics started = row_count;
  end if;

  -- Only when somebody lost is it worth finding out who: a stream whose first new version is taken, or that is not where it was expected.
  if started < fresh or advanced < known then
    select coalesce(array_agg(l.req), '{}'), array_agg(l.version), array_agg(l.id), array_agg(l.xid), array_agg(l.sequence)
    into lost, actual, taken_by, taken_xid, taken_sequence
    from (
      select s.req::integer as req, case when m.is_archived then -1 else coalesce(m.version, 0) end as version, e.id, e.xid,
        (select last.seq_id from public.mt_events last where last.tenant_id = s.tenant and last.stream_id = s.stream and last.version = s.expected + s.count) as sequence
      from unnest(s_tenant, s_stream, s_expected, s_count) with ordinality as s(tenant, stream, expected, count, req)
      left join public.mt_streams m on m.tenant_id = s.tenant and m.id = s.stream
      left join public.mt_events e on e.tenant_id = s.tenant and e.stream_id = s.stream and e.version = s.expected + 1
      where m.version is null or m.is_archived or m.version <> s.expected + s.count or e.id is not null
    ) l;
  end if;

  xid := pg_current_xact_id();
  with numbered as materialized (
    select nextval('public.mt_events_sequence') as seq, e.*
    from unnest(e_req, e_tenant, e_stream, e_version, e_id, e_data, e_type, e_dotnet, e_at, e_correlation, e_causation, e_headers, e_user)
      with ordinality as e(req, tenant, stream, version, id, data, type, dotnet, at, correlation, causation, headers, usr, ord)
    where not e.req = any(lost)
  ), written as (
    insert into public.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, user_name, is_archived)
    select n.seq, n.id, n.stream, n.version, n.data, n.type, n.at, n.tenant, n.dotnet, n.correlation, n.causation, n.headers, n.usr, false from numbered n
  )
  select coalesce(array_agg(n.seq order by n.ord), '{}') into sequences from numbered n;

  if array_length(p_req, 1) > 0 then
    if exists (select from unnest(p_tenant, p_key) as p(tenant, key) join eventmesh.data_keys k on k.tenant_id = p.tenant and k.number = p.key where k.closed_at is not null) then
      raise exception 'A payload is sealed with a data key that is closed.' using errcode = '23E01';
    end if;
    insert into eventmesh.payloads (tenant_id, day, id, content_type, body, key_number)
    select p.tenant, p.day, p.id, p.content_type, p.body, p.key
    from unnest(p_req, p_tenant, p_id, p_day, p_content_type, p_body, p_key) as p(req, tenant, id, day, content_type, body, key)
    where not p.req = any(lost);
  end if;
end $$;

-- The same of eventmesh.append_one.
create function eventmesh.append_one_sealed(
  a_tenant varchar, a_stream varchar, a_stream_type varchar, a_expected bigint, a_id uuid, a_data jsonb, a_type varchar, a_dotnet varchar, a_at timestamptz,
  a_correlation varchar, a_causation varchar, a_headers jsonb, a_user varchar, p_id varchar, p_day date, p_content_type varchar, p_body bytea, p_key integer,
  out xid xid8, out sequence bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- First, as there: the transaction gets its id by its first write.
  if a_expected = 0 then
    insert into public.mt_streams (tenant_id, id, type, version, timestamp, created, is_archived)
    values (a_tenant, a_stream, a_stream_type, 1, a_at, a_at, false) on conflict do nothing;
  else
    update public.mt_streams m set version = a_expected + 1, timestamp = a_at
    where m.tenant_id = a_tenant and m.id = a_stream and m.version = a_expected and not m.is_archived;
  end if;
  if not found then return; end if;

  insert into public.mt_events as e (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, user_name, is_archived)
  values (nextval('public.mt_events_sequence'), a_id, a_stream, a_expected + 1, a_data, a_type, a_at, a_tenant, a_dotnet, a_correlation, a_causation, a_headers, a_user, false)
  returning e.xid, e.seq_id into xid, sequence;

  if p_id is not null then
    if exists (select from eventmesh.data_keys k where k.tenant_id = a_tenant and k.number = p_key and k.closed_at is not null) then
      raise exception 'The payload is sealed with a data key that is closed.' using errcode = '23E01';
    end if;
    insert into eventmesh.payloads (tenant_id, day, id, content_type, body, key_number) values (a_tenant, p_day, p_id, p_content_type, p_body, p_key);
  end if;
end $$;

grant create on schema eventmesh to eventmesh_writer;
alter function eventmesh.append_sealed owner to eventmesh_writer;
alter function eventmesh.append_one_sealed owner to eventmesh_writer;
revoke create on schema eventmesh from eventmesh_writer;
revoke all on function eventmesh.append_sealed, eventmesh.append_one_sealed from public;
grant execute on function eventmesh.append_sealed, eventmesh.append_one_sealed to eventmesh_append;
