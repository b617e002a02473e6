-- eventmesh.append_sealed with p_retention: for how many days each payload is kept. The older functions stay for nodes that still call them.
create function eventmesh.append_kept(
  s_tenant varchar[], s_stream varchar[], s_type varchar[], s_expected bigint[], s_count bigint[], s_at timestamptz[],
  e_req integer[], e_tenant varchar[], e_stream varchar[], e_version bigint[], e_id uuid[], e_data jsonb[], e_type varchar[], e_dotnet varchar[],
  e_at timestamptz[], e_correlation varchar[], e_causation varchar[], e_headers jsonb[], e_user varchar[],
  p_req integer[], p_tenant varchar[], p_id varchar[], p_day date[], p_content_type varchar[], p_body bytea[], p_key integer[], p_retention smallint[],
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
    insert into eventmesh.payloads (tenant_id, day, id, content_type, body, key_number, retention)
    select p.tenant, p.day, p.id, p.content_type, p.body, p.key, p.retention
    from unnest(p_req, p_tenant, p_id, p_day, p_content_type, p_body, p_key, p_retention) as p(req, tenant, id, day, content_type, body, key, retention)
    where not p.req = any(lost);
  end if;
end $$;

-- The same of eventmesh.append_one.
create function eventmesh.append_one_kept(
  a_tenant varchar, a_stream varchar, a_stream_type varchar, a_expected bigint, a_id uuid, a_data jsonb, a_type varchar, a_dotnet varchar, a_at timestamptz,
  a_correlation varchar, a_causation varchar, a_headers jsonb, a_user varchar, p_id varchar, p_day date, p_content_type varchar, p_body bytea, p_key integer, p_retention smallint,
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
    insert into eventmesh.payloads (tenant_id, day, id, content_type, body, key_number, retention)
    values (a_tenant, p_day, p_id, p_content_type, p_body, p_key, p_retention);
  end if;
end $$;

grant create on schema eventmesh to eventmesh_writer;
alter function eventmesh.append_kept owner to eventmesh_writer;
alter function eventmesh.append_one_kept owner to eventmesh_writer;
revoke create on schema eventmesh from eventmesh_writer;
revoke all on function eventmesh.append_kept, eventmesh.append_one_kept from public;
grant execute on function eventmesh.append_kept, eventmesh.append_one_kept to eventmesh_append;
