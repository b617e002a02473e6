-- Which node makes the one attempt that a half-open circuit lets through. version: of the circuit's stream, so that each opening is claimed anew.
create table eventmesh.circuit_probes (
  tenant_id varchar not null,
  connection_id varchar not null,
  version bigint not null,
  claimed_until timestamptz not null,
  constraint pk_circuit_probes primary key (tenant_id, connection_id)
);
alter table eventmesh.circuit_probes enable row level security;
alter table eventmesh.circuit_probes force row level security;
create policy workspace on eventmesh.circuit_probes using (tenant_id = current_setting('app.tenant_id', true));
create policy feed on eventmesh.circuit_probes to eventmesh_feed using (true) with check (true);
grant select, insert, update, delete on eventmesh.circuit_probes to eventmesh_feed;
