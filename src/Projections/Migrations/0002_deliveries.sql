-- Read models belong to the role that feeds them: a rebuild makes a second table and takes the place of the first.
grant create on schema eventmesh to eventmesh_feed;

-- Which rows of a read model its readers see, where a workspace was rebuilt by itself; 0 where it never was. A rebuild writes the next generation
-- beside the one that is read, however many rows it has, and becomes visible by the change of one row here.
create table eventmesh.read_model_generations (
  model varchar not null,
  tenant_id varchar not null,
  generation integer not null,
  constraint pk_read_model_generations primary key (model, tenant_id)
);

-- One row a delivery. created_*: the position of the event that it was born in; last_*: of the last one it took in.
create table eventmesh.deliveries (
  created_xid xid8 not null,
  created_seq bigint not null,
  last_xid xid8 not null,
  last_seq bigint not null,
  accepted_at timestamptz not null,
  next_attempt_at timestamptz,
  attempts integer not null,
  generation integer not null,
  tenant_id varchar not null,
  id varchar not null,
  event_id varchar not null,
  connection_id varchar not null,
  rule_id varchar not null,
  status varchar not null,
  -- What somebody may have to look after. A delivery that goes well keeps NULL from birth to end, so that no indexed column changes and its update
  -- touches no index (HOT); only those that fail pay for being found by status.
  attention varchar generated always as (case when status in ('retrying', 'dead_lettered', 'discarded') then status end) stored,
  constraint pk_deliveries primary key (tenant_id, id, generation)
)
-- Half of a page is kept free: each row is changed once, as a rule, and many of a page in one transaction, when nothing can be cleaned up in between.
with (fillfactor = 50);
create index ix_deliveries_newest on eventmesh.deliveries (tenant_id, created_xid, created_seq);
create index ix_deliveries_connection on eventmesh.deliveries (tenant_id, connection_id, created_xid, created_seq);
create index ix_deliveries_attention on eventmesh.deliveries (tenant_id, attention, created_xid, created_seq) where attention is not null;
-- No index by event: an event's own stream names its deliveries.

do $$
declare
  target regclass;
begin
  foreach target in array array['eventmesh.read_model_generations', 'eventmesh.deliveries']::regclass[] loop
    execute format('alter table %s owner to eventmesh_feed', target);
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy feed on %s to eventmesh_feed using (true) with check (true)', target);
    execute format('grant select on %s to eventmesh_tenant', target);
  end loop;
end $$;
create policy workspace on eventmesh.read_model_generations using (tenant_id = current_setting('app.tenant_id', true));
create policy workspace on eventmesh.deliveries for select to eventmesh_tenant using (
  tenant_id = current_setting('app.tenant_id', true)
  and generation = coalesce((
    select g.generation from eventmesh.read_model_generations g
    where g.model = 'deliveries' and g.tenant_id = current_setting('app.tenant_id', true)), 0));
