-- One round trip for many appends of many workspaces. Every append names the version it expects; a lost race costs only its own caller.
-- s_*: one entry a stream (no stream twice). e_*: one entry an event, e_req its stream's number from 1, in order. p_*: payloads, likewise.
-- Answers with one row: the transaction, the sequence number of each event written (in order), and for each stream that lost its number, its actual
-- version (-1 when it is archived) and, where its first new version is taken, by which event, in which transaction and with which last sequence number.
-- Its plans are made once, by the settings of the sessions that call it.
create function eventmesh.append(
  s_tenant varchar[], s_stream varchar[], s_type varchar[], s_expected bigint[], s_count bigint[], s_at timestamptz[],
  e_req integer[], e_tenant varchar[], e_stream varchar[], e_version bigint[], e_id uuid[], e_data jsonb[], e_type varchar[], e_dotnet varchar[],
  e_at timestamptz[], e_correlation varchar[], e_causation varchar[], e_headers jsonb[], e_user varchar[],
  p_req integer[], p_tenant varchar[], p_id varchar[], p_day date[], p_content_type varchar[], p_body bytea[],
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
    insert into eventmesh.payloads (tenant_id, day, id, content_type, body)
    select p.tenant, p.day, p.id, p.content_type, p.body
    from unnest(p_req, p_tenant, p_id, p_day, p_content_type, p_body) as p(req, tenant, id, day, content_type, body)
    where not p.req = any(lost);
  end if;
end $$;
