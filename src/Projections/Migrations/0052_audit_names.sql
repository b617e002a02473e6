-- What was revealed is named by the member "of" alone; where that is an object, it is of a delivery, whose connection and rule are found without this.
create or replace function eventmesh.audit_names(data jsonb) returns varchar[] language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select array(
    select left(n.value #>> '{}', 200) from (values
      (1, data -> 'connection'), (2, data -> 'rule'), (3, data -> 'event'), (4, data -> 'delivery'), (4, data -> 'of'), (5, data -> 'secret'), (6, to_jsonb(substring(data ->> 'secret' from '^[a-z]+/([^/]+)/'))), (6, data -> 'resource'), (7, data -> 'asked'),
      (8, data -> 'key'), (9, data -> 'member'), (10, data -> 'kid'), (11, data -> 'credential_id'), (12, data #> '{credential,id}'), (13, data -> 'secret_id'),
      (14, data -> 'admin'), (15, data -> 'replay'), (16, data -> 'stream'), (17, data -> 'export'), (18, data -> 'consumer'), (19, data -> 'workspace'),
      (20, data #> '{filter,connection}'), (21, data #> '{filter,rule}'), (22, data #> '{connections,0}'), (23, data #> '{connections,1}')
    ) as n(ord, value)
    where jsonb_typeof(n.value) = 'string' and length(n.value #>> '{}') > 0
    order by n.ord limit 2)
$$;
