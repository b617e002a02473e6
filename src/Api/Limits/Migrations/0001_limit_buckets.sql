-- What workspaces have drawn of their limits: the one place that knows it, for all nodes and through every restart. One row a limit and period.
-- What was spent of a rate comes back with time; what was spent of a month does not, for the next month is another row. A row is made by its first use.
create table eventmesh.limit_buckets (
  spent double precision not null,
  refilled_at timestamptz not null,
  tenant_id varchar not null,
  limit_name varchar not null,
  -- Of a month such as 2026-11, UTC; empty for a rate.
  period varchar not null,
  constraint pk_limit_buckets primary key (tenant_id, limit_name, period)
)
-- A few rows are changed often, and no indexed column of them: room for that in the same page.
with (fillfactor = 50);
alter table eventmesh.limit_buckets enable row level security;
alter table eventmesh.limit_buckets force row level security;
create policy workspace on eventmesh.limit_buckets using (tenant_id = current_setting('app.tenant_id', true));
create policy feed on eventmesh.limit_buckets to eventmesh_feed using (true) with check (true);
grant select, insert, update on eventmesh.limit_buckets to eventmesh_feed;

-- Draws shares for many workspaces. needed: what requests wait for; more: what would save the next round trips, of which at most an eighth of what is left is given,
-- so that shares shrink to what is needed as a limit comes near, and little lies about unspent when it is reached. A hard limit gives no more than is left;
-- a soft one gives what is needed and says that it was short. Only this server's clock is asked. Rows are taken in one order, so that nodes do not wait crosswise.
create function eventmesh.draw_shares(
  tenants varchar[], limits varchar[], monthly boolean[], capacities bigint[], per_second double precision[], soft boolean[], needed bigint[], more bigint[],
  out entry integer, out granted bigint, out remaining bigint, out short boolean, out of_period varchar, out noted_period varchar, out period_ends_in double precision)
returns setof record language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  d record;
  b record;
  now timestamptz;
  spent_now double precision;
  free bigint;
begin
  for d in
    select * from unnest(tenants, limits, monthly, capacities, per_second, soft, needed, more)
      with ordinality as u(tenant, lim, monthly, capacity, per_second, soft, needed, more, ord)
    order by tenant, lim
  loop
    now := clock_timestamp();
    of_period := case when d.monthly then to_char(now at time zone 'utc', 'YYYY-MM') else '' end;
    loop
      select l.spent, l.refilled_at into b from eventmesh.limit_buckets l
      where l.tenant_id = d.tenant and l.limit_name = d.lim and l.period = of_period for update;
      exit when found;
      insert into eventmesh.limit_buckets (tenant_id, limit_name, period, spent, refilled_at) values (d.tenant, d.lim, of_period, 0, now) on conflict do nothing;
    end loop;

    -- Whoever held the row until now may have written a later time.
    now := greatest(clock_timestamp(), b.refilled_at);
    spent_now := greatest(0, b.spent - d.per_second * extract(epoch from now - b.refilled_at));
    -- A millionth: sums of fractions are not exact.
    free := floor(d.capacity - spent_now + 0.000001);
    short := d.needed > greatest(free, 0);
    granted := case when not short then d.needed + least(d.more, (free - d.needed) / 8) when d.soft then d.needed + d.more else greatest(free, 0) end;
    spent_now := spent_now + granted;
    -- The debt of a soft rate is forgiven at once: it would make a workspace count as too fast long after it was.
    if d.soft and not d.monthly then spent_now := least(spent_now, d.capacity); end if;
    update eventmesh.limit_buckets l set spent = spent_now, refilled_at = now where l.tenant_id = d.tenant and l.limit_name = d.lim and l.period = of_period;

    entry := d.ord;
    remaining := greatest(0, floor(d.capacity - spent_now + 0.000001));
    noted_period := case when d.monthly then of_period else to_char(now at time zone 'utc', 'YYYY-MM-DD"T"HH24') end;
    period_ends_in := case when d.monthly then extract(epoch from (date_trunc('month', now at time zone 'utc') + interval '1 month') - now at time zone 'utc') else 0 end;
    return next;
  end loop;
end $$;

-- Takes shares back that were not spent. What came back to a rate meanwhile is settled at the next draw.
create function eventmesh.give_back_shares(tenants varchar[], limits varchar[], periods varchar[], shares bigint[])
returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  d record;
begin
  for d in select * from unnest(tenants, limits, periods, shares) as u(tenant, lim, period, shares) order by tenant, lim, period
  loop
    update eventmesh.limit_buckets l set spent = greatest(0, l.spent - d.shares) where l.tenant_id = d.tenant and l.limit_name = d.lim and l.period = d.period;
  end loop;
end $$;

revoke all on function eventmesh.draw_shares, eventmesh.give_back_shares from public;
grant execute on function eventmesh.draw_shares, eventmesh.give_back_shares to eventmesh_feed;
