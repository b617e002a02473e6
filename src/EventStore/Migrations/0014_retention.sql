-- A payload lives as long as the plan of its workspace says, and goes with the files that hold it: its day is divided by how long its rows are kept, each part is a partition, and a partition
-- whose longest is over is dropped. Days that were there before stay whole; nodes of the version before, which do not say how long, get what is kept longest (3651: as the plan says).
alter table eventmesh.payloads add column retention smallint not null default 3651 constraint kept_for_days check (retention > 0);
alter table eventmesh.payloads rename to payloads_by_day;

create table eventmesh.payloads (
  tenant_id varchar collate "C" not null,
  day date not null,
  id varchar collate "C" not null,
  content_type varchar,
  body bytea not null,
  key_number integer,
  -- Days after its own.
  retention smallint not null default 3651 constraint kept_for_days check (retention > 0)
) partition by range (day, retention);

-- Each partition keeps the primary key that it has, (tenant_id, id, day): an id is stored once, by the append that began its stream.
do $$
declare
  part record;
  days text[];
begin
  for part in select c.oid::regclass as name, pg_get_expr(c.relpartbound, c.oid) as bound from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'eventmesh.payloads_by_day'::regclass order by pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', c.relname loop
    execute format('alter table eventmesh.payloads_by_day detach partition %s', part.name);
    if part.bound = 'DEFAULT' then
      execute format('alter table eventmesh.payloads attach partition %s default', part.name);
    else
      days := regexp_match(part.bound, 'FROM \(''([^'']+)''\) TO \(''([^'']+)''\)');
      execute format('alter table eventmesh.payloads attach partition %s for values from (%L, minvalue) to (%L, minvalue)', part.name, days[1], days[2]);
    end if;
  end loop;
end $$;
drop table eventmesh.payloads_by_day;
create index ix_payloads_plain on eventmesh.payloads (tenant_id, id, day) where key_number is null;

alter table eventmesh.payloads enable row level security;
alter table eventmesh.payloads force row level security;
create policy workspace on eventmesh.payloads using (tenant_id = current_setting('app.tenant_id', true)) with check (tenant_id = current_setting('app.tenant_id', true));
create policy append on eventmesh.payloads to eventmesh_writer using (true) with check (true);
create policy feed on eventmesh.payloads for select to eventmesh_feed using (true);
create policy sealer on eventmesh.payloads to eventmesh_sealer using (true) with check (true);
grant select on eventmesh.payloads to eventmesh_tenant, eventmesh_feed;
grant insert on eventmesh.payloads to eventmesh_writer;
grant select (tenant_id, day, id, key_number), update (body, key_number) on eventmesh.payloads to eventmesh_sealer;
