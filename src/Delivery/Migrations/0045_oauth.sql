-- The tokens of connections that somebody authorized with an OAuth 2.0 provider. One row a connection: renewing them takes the place of those before, and ending them destroys them.
create table eventmesh.oauth_tokens (
  tenant_id varchar not null,
  connection_id varchar not null,
  provider varchar not null,
  -- Counts token sets: whoever renews one renews exactly that one.
  generation bigint not null,
  -- Sealed as connections/{connection}/oauth.
  sealed bytea not null,
  authorized_at timestamptz not null,
  expires_at timestamptz,
  -- When something is due: a renewal, or giving them back once ended. Null: nothing is.
  due_at timestamptz,
  -- Nobody uses them any more: they are to be given back to the provider and destroyed.
  ended boolean not null default false,
  failures integer not null default 0,
  failing_since timestamptz,
  -- Whoever renews or gives back holds the row until then, by this server's clock.
  claimed_until timestamptz,
  constraint pk_oauth_tokens primary key (tenant_id, connection_id)
);
create index ix_oauth_tokens_due on eventmesh.oauth_tokens (due_at) where due_at is not null;
alter table eventmesh.oauth_tokens enable row level security;
alter table eventmesh.oauth_tokens force row level security;
create policy workspace on eventmesh.oauth_tokens using (tenant_id = current_setting('app.tenant_id', true)) with check (tenant_id = current_setting('app.tenant_id', true));
create policy feed on eventmesh.oauth_tokens to eventmesh_feed using (true) with check (true);
grant select, insert, update, delete on eventmesh.oauth_tokens to eventmesh_tenant;
-- To see what is due in all workspaces, and take it.
grant select, update on eventmesh.oauth_tokens to eventmesh_feed;

-- Authorizations under way: what was asked for, until the provider sends the person back. Only the digest of the state is here.
create table eventmesh.oauth_states (
  tenant_id varchar not null,
  sha256 varchar not null,
  connection_id varchar not null,
  provider varchar not null,
  -- Who asked for it.
  actor varchar not null,
  -- The connect session that it was begun in; null: an API call.
  session_id varchar,
  -- Verifier, redirect, scopes, parameters, cookie and where to return to. Sealed as oauth-states/{sha256}.
  sealed bytea not null,
  expires_at timestamptz not null,
  constraint pk_oauth_states primary key (tenant_id, sha256)
);
create index ix_oauth_states_sha256 on eventmesh.oauth_states (sha256);
create index ix_oauth_states_expired on eventmesh.oauth_states (expires_at);

-- Links by which somebody without a key connects one connection. Only the digest of the link's token is here.
create table eventmesh.connect_sessions (
  tenant_id varchar not null,
  session_id varchar not null,
  sha256 varchar not null,
  connection_id varchar not null,
  created_by varchar not null,
  scopes varchar[] not null,
  return_to varchar,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint pk_connect_sessions primary key (tenant_id, session_id)
);
create index ix_connect_sessions_sha256 on eventmesh.connect_sessions (sha256);
create index ix_connect_sessions_expired on eventmesh.connect_sessions (expires_at);

do $$
declare
  target regclass;
begin
  foreach target in array array['eventmesh.oauth_states', 'eventmesh.connect_sessions']::regclass[] loop
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy workspace on %s using (tenant_id = current_setting(''app.tenant_id'', true)) with check (tenant_id = current_setting(''app.tenant_id'', true))', target);
    execute format('create policy door on %s to eventmesh_writer using (true) with check (true)', target);
  end loop;
end $$;
grant insert on eventmesh.oauth_states to eventmesh_tenant;
grant select, insert, update on eventmesh.connect_sessions to eventmesh_tenant;
grant select, delete on eventmesh.oauth_states, eventmesh.connect_sessions to eventmesh_writer;

-- The two doors without a workspace: a browser comes back from a provider, or opens a link, and whoever knows what was digested is told whose it is. Nobody reads the tables across workspaces.
-- A state is gone as soon as it is read: it opens once.
create function eventmesh.take_oauth_state(digest varchar,
  out tenant varchar, out connection varchar, out of_provider varchar, out asked_by varchar, out session varchar, out sealed_value bytea)
returns setof record language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from eventmesh.oauth_states s where s.sha256 = digest and s.expires_at > now()
  returning s.tenant_id, s.connection_id, s.provider, s.actor, s.session_id, s.sealed
$$;
create function eventmesh.find_connect_session(digest varchar,
  out tenant varchar, out session varchar, out connection varchar, out of_scopes varchar[], out returns_to varchar, out made_by varchar)
returns setof record language sql security definer set search_path = pg_catalog, pg_temp as $$
  select s.tenant_id, s.session_id, s.connection_id, s.scopes, s.return_to, s.created_by from eventmesh.connect_sessions s
  where s.sha256 = digest and s.expires_at > now() and s.used_at is null
$$;
-- What is late opens nothing and is swept away; a link is kept for a day, so that its use can be told from its end.
create function eventmesh.sweep_oauth() returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
  delete from eventmesh.oauth_states s where s.expires_at <= now();
  delete from eventmesh.connect_sessions s where s.expires_at <= now() - interval '1 day';
$$;
grant create on schema eventmesh to eventmesh_writer;
alter function eventmesh.take_oauth_state owner to eventmesh_writer;
alter function eventmesh.find_connect_session owner to eventmesh_writer;
alter function eventmesh.sweep_oauth owner to eventmesh_writer;
revoke create on schema eventmesh from eventmesh_writer;
revoke all on function eventmesh.take_oauth_state, eventmesh.find_connect_session, eventmesh.sweep_oauth from public;
grant execute on function eventmesh.take_oauth_state, eventmesh.find_connect_session, eventmesh.sweep_oauth to eventmesh_feed;
