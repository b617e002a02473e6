-- Five roles, none of which can bypass row-level security. Roles belong to the cluster, so another database may have made them already.
do $$
declare
  role text;
  -- From PostgreSQL 16 on a membership may come without the right to SET ROLE; who makes a role gets it that way.
  enough constant text := case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end;
  granted constant text := case when current_setting('server_version_num')::integer >= 160000 then ' with set true, inherit false' else '' end;
begin
  foreach role in array array['eventmesh_tenant', 'eventmesh_append', 'eventmesh_writer', 'eventmesh_feed', 'eventmesh_marten'] loop
    begin
      if not exists (select from pg_roles r where r.rolname = role) then
        execute format('create role %I nologin noinherit nobypassrls', role);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- made by another database of this cluster in this moment
    end;
    begin
      if not pg_has_role(current_user, role, enough) then
        execute format('grant %I to %I', role, current_user) || granted;
      end if;
    exception when insufficient_privilege then
      raise exception 'The role % belongs to the whole server and another user made it: let a superuser run GRANT % TO %', role, role, quote_ident(current_user) || granted
        using errcode = 'insufficient_privilege';
    end;
  end loop;
end $$;

create schema if not exists eventmesh;
grant usage on schema public, eventmesh to eventmesh_tenant, eventmesh_writer, eventmesh_feed, eventmesh_marten;
grant usage on schema eventmesh to eventmesh_append;
