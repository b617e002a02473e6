-- Only for those who store sealed values, and those who look after them.
revoke all on function eventmesh.sealed_number from public;
grant execute on function eventmesh.sealed_number to eventmesh_tenant, eventmesh_feed, eventmesh_sealer;
