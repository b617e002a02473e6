-- The database refuses what the code forgets: a session sees the workspace named by app.tenant_id and nothing else, unless its role is one of the two below.
do $$
declare
  target regclass;
begin
  foreach target in array array['public.mt_streams', 'public.mt_events', 'eventmesh.payloads', 'eventmesh.secrets']::regclass[] loop
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy workspace on %s using (tenant_id = current_setting(''app.tenant_id'', true)) with check (tenant_id = current_setting(''app.tenant_id'', true))', target);
  end loop;
  foreach target in array array['public.mt_streams', 'public.mt_events', 'eventmesh.payloads']::regclass[] loop
    execute format('create policy append on %s to eventmesh_writer using (true) with check (true)', target);
    execute format('create policy feed on %s for select to eventmesh_feed using (true)', target);
  end loop;
end $$;

-- A workspace's session reads.
grant select on public.mt_streams, public.mt_events, eventmesh.payloads to eventmesh_tenant;
grant select, insert on eventmesh.secrets to eventmesh_tenant;

-- Appending goes through the one function, which runs as the writer.
grant select, insert, update on public.mt_streams to eventmesh_writer;
grant select, insert on public.mt_events to eventmesh_writer;
grant insert on eventmesh.payloads to eventmesh_writer;
grant usage on sequence public.mt_events_sequence to eventmesh_writer;
grant create on schema eventmesh to eventmesh_writer;
alter function eventmesh.append owner to eventmesh_writer;
revoke create on schema eventmesh from eventmesh_writer;
revoke all on function eventmesh.append from public;
grant execute on function eventmesh.append to eventmesh_append;

-- Feeds read every workspace and write only progress and projections.
grant select on public.mt_streams, public.mt_events, eventmesh.payloads to eventmesh_feed;
grant select, insert, update on public.mt_event_progression to eventmesh_feed;

-- A host on Marten: as a workspace's session, and appending in Marten's Rich mode within that workspace.
grant select, insert on public.mt_events to eventmesh_marten;
grant select, insert, update on public.mt_streams to eventmesh_marten;
grant select, insert, update, delete on public.mt_event_progression to eventmesh_marten;
grant usage, select on sequence public.mt_events_sequence to eventmesh_marten;
