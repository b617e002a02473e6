-- The append that is alone in its transaction, one event with at most one payload: what a single caller waits for. The same as eventmesh.append without
-- its arrays, whose unnesting costs a lone event more than the writing. Answers with nulls when it lost: who won, eventmesh.append finds out.
create function eventmesh.append_one(
  a_tenant varchar, a_stream varchar, a_stream_type varchar, a_expected bigint, a_id uuid, a_data jsonb, a_type varchar, a_dotnet varchar, a_at timestamptz,
  a_correlation varchar, a_causation varchar, a_headers jsonb, a_user varchar, p_id varchar, p_day date, p_content_type varchar, p_body bytea,
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
    insert into eventmesh.payloads (tenant_id, day, id, content_type, body) values (a_tenant, p_day, p_id, p_content_type, p_body);
  end if;
end $$;

grant create on schema eventmesh to eventmesh_writer;
alter function eventmesh.append_one owner to eventmesh_writer;
revoke create on schema eventmesh from eventmesh_writer;
revoke all on function eventmesh.append_one from public;
grant execute on function eventmesh.append_one to eventmesh_append;
