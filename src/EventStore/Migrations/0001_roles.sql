-- Five roles, none of which can bypass row-level security. Roles belong to the cluster, so another database may have made them already.
do $$
declare
  role text;
begin
  foreach role in array array['eventmesh_tenant', 'eventmesh_append', 'eventmesh_writer', 'eventmesh_feed', 'eventmesh_marten'] loop
    begin
      execute format('create role %I nologin noinherit nobypassrls', role);
    exception when duplicate_object or unique_violation then
      null; -- made by another database of this cluster
    end;
    if not pg_has_role(current_user, role, 'member') then
      execute format('grant %I to current_user', role);
    end if;
  end loop;
end $$;

create schema if not exists eventmesh;
grant usage on schema public, eventmesh to eventmesh_tenant, eventmesh_append, eventmesh_writer, eventmesh_feed, eventmesh_marten;
