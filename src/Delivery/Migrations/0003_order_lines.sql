-- Deliveries that go one after another: those of one line, a rule's to one connection of events with one key. A row stands in its line from the time
-- its event was routed until it is delivered or discarded; the row with the least place is the head, and nobody but the head is attempted.
create table eventmesh.order_lines (
  place bigint generated always as identity,
  tenant_id varchar collate "C" not null,
  line varchar collate "C" not null,
  delivery_id varchar collate "C" not null,
  event_id varchar not null,
  accepted_at timestamptz not null,
  connection_id varchar not null,
  rule_id varchar not null,
  key varchar not null,
  position varchar not null,
  traceparent varchar,
  constraint pk_order_lines primary key (tenant_id, line, place),
  constraint uk_order_lines_delivery unique (tenant_id, delivery_id)
);

-- Who runs a line. By the database's clock; renewed at each step, so a run that falls silent is followed by another.
create table eventmesh.order_leases (
  tenant_id varchar collate "C" not null,
  line varchar collate "C" not null,
  owner uuid not null,
  until timestamptz not null,
  constraint pk_order_leases primary key (tenant_id, line)
);

do $$
declare
  target regclass;
begin
  foreach target in array array['eventmesh.order_lines', 'eventmesh.order_leases']::regclass[] loop
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy workspace on %s using (tenant_id = current_setting(''app.tenant_id'', true))', target);
    execute format('create policy feed on %s to eventmesh_feed using (true) with check (true)', target);
    execute format('grant select, insert, update, delete on %s to eventmesh_feed', target);
  end loop;
end $$;
grant select on eventmesh.order_lines to eventmesh_tenant;

-- Whoever puts into a line, takes from it or looks for its head holds this first, until its transaction ends: so who puts a first row sees that it is the
-- first, or who takes the last one sees that it is not.
create function eventmesh.line_lock(p_tenant varchar, p_line varchar) returns bigint language sql immutable set search_path = pg_catalog, pg_temp as $$
  select hashtextextended('line:' || p_tenant || '/' || p_line, 0)
$$;

-- The first of a line, with the version of its stream (0: it has none yet).
create function eventmesh.line_head(p_tenant varchar, p_line varchar) returns table (
  delivery_id varchar, event_id varchar, accepted_at timestamptz, connection_id varchar, rule_id varchar, "position" varchar, traceparent varchar, version bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select o.delivery_id, o.event_id, o.accepted_at, o.connection_id, o.rule_id, o.position, o.traceparent,
    coalesce((select m.version from public.mt_streams m where m.tenant_id = o.tenant_id and m.id = o.delivery_id), 0)
  from eventmesh.order_lines o where o.tenant_id = p_tenant and o.line = p_line order by o.place limit 1
$$;

-- Has a line run at a time. Its timer has the line's name in the place of a delivery's, so that it is nobody's retry.
create function eventmesh.wake_line(p_tenant varchar, p_line varchar, p_at timestamptz) returns void language sql set search_path = pg_catalog, pg_temp as $$
  insert into eventmesh.retry_timers as t (tenant_id, delivery_id, attempt, due_at, event_id, accepted_at, connection_id, rule_id, position, traceparent, version, line)
  select p_tenant, p_line, 0, p_at, h.event_id, h.accepted_at, h.connection_id, h.rule_id, h.position, h.traceparent, -1, p_line from eventmesh.line_head(p_tenant, p_line) h
  on conflict (tenant_id, delivery_id) do update set
    -- One that was handed out already is set anew; one that waits keeps the earlier time.
    due_at = case when t.claimed_by is null then least(t.due_at, excluded.due_at) else excluded.due_at end,
    event_id = excluded.event_id, accepted_at = excluded.accepted_at, position = excluded.position, traceparent = excluded.traceparent, claimed_by = null
$$;

-- Puts deliveries at the ends of their lines, in the order given; those that stand there already keep their places. One that is over is put again when
-- the feed is read again after a crash: who comes to it passes over it. Answers with the numbers, from 1, of those that are heads.
create function eventmesh.join_lines(
  p_tenant varchar[], p_line varchar[], p_delivery varchar[], p_event varchar[], p_accepted timestamptz[], p_connection varchar[], p_rule varchar[], p_key varchar[],
  p_position varchar[], p_traceparent varchar[]) returns setof integer language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  lock bigint;
begin
  for lock in select distinct eventmesh.line_lock(j.tenant, j.line) from unnest(p_tenant, p_line) as j(tenant, line) order by 1 loop
    perform pg_advisory_xact_lock(lock);
  end loop;
  insert into eventmesh.order_lines (tenant_id, line, delivery_id, event_id, accepted_at, connection_id, rule_id, key, position, traceparent)
  select j.tenant, j.line, j.delivery, j.event, j.accepted, j.connection, j.rule, j.key, j.position, j.traceparent
  from unnest(p_tenant, p_line, p_delivery, p_event, p_accepted, p_connection, p_rule, p_key, p_position, p_traceparent)
    with ordinality as j(tenant, line, delivery, event, accepted, connection, rule, key, "position", traceparent, ord)
  order by j.ord
  on conflict on constraint uk_order_lines_delivery do nothing;
  return query
    select j.ord::integer from unnest(p_tenant, p_line, p_delivery) with ordinality as j(tenant, line, delivery, ord)
    cross join lateral eventmesh.line_head(j.tenant, j.line) h where h.delivery_id = j.delivery order by j.ord;
end $$;

-- Takes a line for p_seconds, or renews the hold on it, and answers with its head. No row: it is empty, or another holds it; then it is run again when that
-- hold ends.
create function eventmesh.take_line(p_tenant varchar, p_line varchar, p_owner uuid, p_seconds integer) returns table (
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
  return query select * from eventmesh.line_head(p_tenant, p_line);
end $$;

-- Takes a delivery that is over out of its line, and answers with the next head, held for p_seconds more. No row: the line is empty, another runs it, or
-- (p_hand_over) it is let go and run again at once by whoever comes to it.
create function eventmesh.advance_line(p_tenant varchar, p_line varchar, p_owner uuid, p_delivery varchar, p_seconds integer, p_hand_over boolean) returns table (
  delivery_id varchar, event_id varchar, accepted_at timestamptz, connection_id varchar, rule_id varchar, "position" varchar, traceparent varchar, version bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(eventmesh.line_lock(p_tenant, p_line));
  delete from eventmesh.order_lines o where o.tenant_id = p_tenant and o.line = p_line and o.delivery_id = p_delivery;
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
  return query select * from eventmesh.line_head(p_tenant, p_line);
end $$;

-- Lets a line go whose head waits: for its retry, which has a timer of its own; for p_wake; or for somebody's decision (null).
create function eventmesh.release_line(p_tenant varchar, p_line varchar, p_owner uuid, p_wake timestamptz) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(eventmesh.line_lock(p_tenant, p_line));
  delete from eventmesh.order_leases l where l.tenant_id = p_tenant and l.line = p_line and l.owner = p_owner;
  if found then
    -- Who came meanwhile waits for the end of the hold, and that is now.
    update eventmesh.retry_timers t set due_at = clock_timestamp(), claimed_by = null where t.tenant_id = p_tenant and t.delivery_id = p_line and t.due_at > clock_timestamp();
  end if;
  if p_wake is not null then
    perform eventmesh.wake_line(p_tenant, p_line, p_wake);
  end if;
end $$;

revoke all on function eventmesh.line_lock, eventmesh.line_head, eventmesh.wake_line, eventmesh.join_lines, eventmesh.take_line, eventmesh.advance_line, eventmesh.release_line from public;
grant execute on function eventmesh.line_lock, eventmesh.line_head, eventmesh.wake_line, eventmesh.join_lines, eventmesh.take_line, eventmesh.advance_line, eventmesh.release_line to eventmesh_feed;
