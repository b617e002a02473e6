-- What auditors find entries by: one narrow row for every event there is. What an event says stays with it, so a row is never changed, and a list reads the events
-- that it shows by their keys. Rows are ordered by time (and, within a microsecond, by sequence), which is how people ask.
--
-- resource_1 and resource_2 are what an event names beside its own stream: of a delivery's outcomes its connection and rule, of others the first two of the ids
-- that eventmesh.audit_names looks for. A stream's own events are found by the index of mt_events, which costs nothing here; so are those of a published event's
-- deliveries, which its routing names. Ids that differ with every event would each cost an index page to read and to write.
create table eventmesh.audit (
  at timestamptz not null,
  seq bigint not null,
  generation integer not null,
  tenant_id varchar collate "C" not null,
  type varchar collate "C" not null,
  actor varchar collate "C",
  -- NULL when it is the stream itself, or the published event that a delivery is of.
  correlation varchar collate "C",
  elevation varchar collate "C",
  -- 'refused' or 'failed'; NULL for what succeeded.
  outcome varchar collate "C",
  resource_1 varchar collate "C",
  resource_2 varchar collate "C",
  constraint pk_audit primary key (tenant_id, at, seq, generation)
);
-- Of every thousand events almost all are of three types and most are our own doing. These are found by going through the newest, of which they are most; were they in
-- these two indexes, a row would cost half as much again.
create index ix_audit_type on eventmesh.audit (tenant_id, type, at, seq) where type not in ('event_published', 'event_routed', 'delivery_succeeded');
create index ix_audit_actor on eventmesh.audit (tenant_id, actor, at, seq) where actor <> 'eventmesh';
create index ix_audit_correlation on eventmesh.audit (tenant_id, correlation, at, seq) where correlation is not null;
create index ix_audit_elevation on eventmesh.audit (tenant_id, elevation, at, seq) where elevation is not null;
create index ix_audit_outcome on eventmesh.audit (tenant_id, outcome, at, seq) where outcome is not null;
create index ix_audit_resource_1 on eventmesh.audit (tenant_id, resource_1, at, seq) where resource_1 is not null;
create index ix_audit_resource_2 on eventmesh.audit (tenant_id, resource_2, at, seq) where resource_2 is not null;

alter table eventmesh.audit owner to eventmesh_feed;
alter table eventmesh.audit enable row level security;
alter table eventmesh.audit force row level security;
create policy feed on eventmesh.audit to eventmesh_feed using (true) with check (true);
create policy workspace on eventmesh.audit for select to eventmesh_tenant using (
  tenant_id = current_setting('app.tenant_id', true)
  and generation = coalesce((
    select g.generation from eventmesh.read_model_generations g
    where g.model = 'audit' and g.tenant_id = current_setting('app.tenant_id', true)), 0));
grant select on eventmesh.audit to eventmesh_tenant;

-- The first two things that an event names, by the members that hold ids. The secrets of a connection are named after it: connections/con_…/signing. Whatever else stands in it, this does not fail.
create function eventmesh.audit_names(data jsonb) returns varchar[] language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select array(
    select left(n.value #>> '{}', 200) from (values
      (1, data -> 'connection'), (2, data -> 'rule'), (3, data -> 'event'), (4, data -> 'delivery'), (5, data -> 'secret'), (6, to_jsonb(substring(data ->> 'secret' from '^[a-z]+/([^/]+)/'))), (6, data -> 'resource'), (7, data -> 'asked'),
      (8, data -> 'key'), (9, data -> 'member'), (10, data -> 'kid'), (11, data -> 'credential_id'), (12, data #> '{credential,id}'), (13, data -> 'secret_id'),
      (14, data -> 'admin'), (15, data -> 'replay'), (16, data -> 'stream'), (17, data -> 'export'), (18, data -> 'consumer'), (19, data -> 'workspace'),
      (20, data #> '{filter,connection}'), (21, data #> '{filter,rule}'), (22, data #> '{connections,0}'), (23, data #> '{connections,1}')
    ) as n(ord, value)
    where jsonb_typeof(n.value) = 'string' and length(n.value #>> '{}') > 0
    order by n.ord limit 2)
$$;
revoke all on function eventmesh.audit_names from public;
grant execute on function eventmesh.audit_names to eventmesh_feed;
