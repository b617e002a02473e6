-- A run takes several of a line at a time, the head and what follows it, and takes them out together when they are over: one that is over and still stands
-- there is passed over, so nothing is lost by that but a look.
drop function eventmesh.take_line(varchar, varchar, uuid, integer);
drop function eventmesh.advance_line(varchar, varchar, uuid, varchar, integer, boolean);
drop function eventmesh.release_line(varchar, varchar, uuid, timestamptz);

-- The first p_max of a line, in order, each with the version of its stream (0: it has none yet).
create function eventmesh.line_front(p_tenant varchar, p_line varchar, p_max integer) returns table (
  delivery_id varchar, event_id varchar, accepted_at timestamptz, connection_id varchar, rule_id varchar, "position" varchar, traceparent varchar, version bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select o.delivery_id, o.event_id, o.accepted_at, o.connection_id, o.rule_id, o.position, o.traceparent,
    coalesce((select m.version from public.mt_streams m where m.tenant_id = o.tenant_id and m.id = o.delivery_id), 0)
  from eventmesh.order_lines o where o.tenant_id = p_tenant and o.line = p_line order by o.place limit p_max
$$;

-- Takes a line for p_seconds, or renews the hold on it, and answers with its front. No row: it is empty, or another holds it; then it is run again when that
-- hold ends.
create function eventmesh.take_line(p_tenant varchar, p_line varchar, p_owner uuid, p_seconds integer, p_max integer) returns table (
  delivery_id varchar, event_id varchar, accepted_at timestamptz, connection_id varchar, rule_id varchar, "position" varchar, traceparent varchar, version bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(eventmesh.line_lock(p_tenant, p_line));
  if not exists (select from eventmesh.order_lines o where o.tenant_id = p_tenant and o.line = p_line) then
    return;
  end if;
  insert into eventmesh.order_leases as l (tenant_id, line, owner, until) values (p_tenant, p_line, p_owner, clock_timestamp() + make_interval(secs => p_seconds))
  on conflict on constraint pk_order_leases do update set owner = excluded.owner, until = excluded.until where l.owner = excluded.owner or l.until <= clock_timestamp();
  if not found then
    perform eventmesh.wake_line(p_tenant, p_line, (select l.until from eventmesh.order_leases l where l.tenant_id = p_tenant and l.line = p_line));
    return;
  end if;
  -- A hold that a crash of the server forgets is taken again: nobody need wait for the disk.
  perform set_config('synchronous_commit', 'off', true);
  return query select * from eventmesh.line_front(p_tenant, p_line, p_max);
end $$;

-- Takes deliveries that are over out of their line, and answers with its front, held for p_seconds more. No row: the line is empty, another runs it, or
-- (p_hand_over) it is let go and run again at once by whoever comes to it.
create function eventmesh.advance_line(p_tenant varchar, p_line varchar, p_owner uuid, p_over varchar[], p_seconds integer, p_hand_over boolean, p_max integer) returns table (
  delivery_id varchar, event_id varchar, accepted_at timestamptz, connection_id varchar, rule_id varchar, "position" varchar, traceparent varchar, version bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(eventmesh.line_lock(p_tenant, p_line));
  delete from eventmesh.order_lines o where o.tenant_id = p_tenant and o.line = p_line and o.delivery_id = any(p_over);
  if p_hand_over or not exists (select from eventmesh.order_lines o where o.tenant_id = p_tenant and o.line = p_line) then
    delete from eventmesh.order_leases l where l.tenant_id = p_tenant and l.line = p_line and l.owner = p_owner;
    -- Somebody else's hold means that somebody else goes on.
    if found then
      perform eventmesh.wake_line(p_tenant, p_line, clock_timestamp());
    end if;
    return;
  end if;
  update eventmesh.order_leases l set until = clock_timestamp() + make_interval(secs => p_seconds) where l.tenant_id = p_tenant and l.line = p_line and l.owner = p_owner;
  if not found then
    return;
  end if;
  -- Its run goes on: a row that a crash of the server brings back is passed over, and what ends the run is written to disk with everything before it.
  perform set_config('synchronous_commit', 'off', true);
  return query select * from eventmesh.line_front(p_tenant, p_line, p_max);
end $$;

-- Takes deliveries that are over out of their line and lets it go, for its head waits: for its retry, which has a timer of its own; for p_wake; or for
-- somebody's decision (null).
create function eventmesh.release_line(p_tenant varchar, p_line varchar, p_owner uuid, p_over varchar[], p_wake timestamptz) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(eventmesh.line_lock(p_tenant, p_line));
  delete from eventmesh.order_lines o where o.tenant_id = p_tenant and o.line = p_line and o.delivery_id = any(p_over);
  delete from eventmesh.order_leases l where l.tenant_id = p_tenant and l.line = p_line and l.owner = p_owner;
  if found then
    -- Who came meanwhile waits for the end of the hold, and that is now.
    update eventmesh.retry_timers t set due_at = clock_timestamp(), claimed_by = null where t.tenant_id = p_tenant and t.delivery_id = p_line and t.due_at > clock_timestamp();
  end if;
  if p_wake is not null then
    perform eventmesh.wake_line(p_tenant, p_line, p_wake);
  end if;
end $$;

revoke all on function eventmesh.line_front, eventmesh.take_line, eventmesh.advance_line, eventmesh.release_line from public;
grant execute on function eventmesh.line_front, eventmesh.take_line, eventmesh.advance_line, eventmesh.release_line to eventmesh_feed;
