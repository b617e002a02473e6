-- Bodies live apart from the events that name them, so that they can expire while the history stays. Partitioned by day of acceptance.
create table eventmesh.payloads (
  tenant_id varchar collate "C" not null,
  day date not null,
  id varchar collate "C" not null,
  content_type varchar,
  body bytea not null,
  constraint pk_payloads primary key (tenant_id, id, day)
) partition by range (day);
create table eventmesh.payloads_default partition of eventmesh.payloads default;

-- Values that a workspace needs and nobody may see in its history: the signing secrets of its connections.
create table eventmesh.secrets (
  tenant_id varchar collate "C" not null,
  name varchar not null,
  version integer not null,
  value bytea not null,
  created_at timestamptz not null,
  constraint pk_secrets primary key (tenant_id, name, version)
);
