-- Assertions by which clients of issuers have proved themselves (RFC 7523), each good for one time on all nodes together. Kept until it expires.
create table eventmesh.used_assertions (
  tenant_id varchar collate "C" not null,
  client_id varchar collate "C" not null,
  -- The client chose the id; its digest has one length.
  jti_sha256 bytea not null,
  expires_at timestamptz not null,
  constraint pk_used_assertions primary key (tenant_id, client_id, jti_sha256)
);
create index ix_used_assertions_expires_at on eventmesh.used_assertions (expires_at);
alter table eventmesh.used_assertions enable row level security;
alter table eventmesh.used_assertions force row level security;
create policy workspace on eventmesh.used_assertions to eventmesh_tenant using (tenant_id = current_setting('app.tenant_id', true)) with check (tenant_id = current_setting('app.tenant_id', true));
create policy feed on eventmesh.used_assertions to eventmesh_feed using (true) with check (true);
grant select, insert on eventmesh.used_assertions to eventmesh_tenant;
grant select, delete on eventmesh.used_assertions to eventmesh_feed;
