-- Appending refuses a workspace that is shut, as it refuses a stream that is archived, and costs nobody else their append. The functions stay what they are but for that, so they are changed
-- where they stand: whatever node calls which of them.
do $$
declare
  found record;
  shut constant text := 'exists (select from eventmesh.purges g where g.workspace = %s and g.shut)';
  was text;
  now_is text;
begin
  for found in select p.oid, p.proname from pg_proc p where p.pronamespace = 'eventmesh'::regnamespace and p.proname ~ '^append(_one)?(_sealed|_kept)?$' loop
    was := pg_get_functiondef(found.oid);
    if found.proname like 'append_one%' then
      now_is := replace(was, 'and m.version = a_expected and not m.is_archived;', 'and m.version = a_expected and not m.is_archived and not ' || format(shut, 'a_tenant') || ';');
      now_is := replace(now_is, 'values (a_tenant, a_stream, a_stream_type, 1, a_at, a_at, false) on conflict do nothing;',
        'select a_tenant, a_stream, a_stream_type, 1, a_at, a_at, false where not ' || format(shut, 'a_tenant') || ' on conflict do nothing;');
      if (length(now_is) - length(replace(now_is, 'eventmesh.purges', ''))) / length('eventmesh.purges') <> 2 then
        raise exception '% is not as it was expected.', found.oid::regprocedure;
      end if;
    else
      now_is := replace(was, 'm.version = s.expected and not m.is_archived;', 'm.version = s.expected and not m.is_archived and not ' || format(shut, 's.tenant') || ';');
      now_is := regexp_replace(now_is, 'where s\.expected = 0\s+on conflict do nothing;', 'where s.expected = 0 and not ' || format(shut, 's.tenant') || ' on conflict do nothing;');
      now_is := replace(now_is, 'case when m.is_archived then -1', 'case when m.is_archived or ' || format(shut, 's.tenant') || ' then -1');
      if (length(now_is) - length(replace(now_is, 'eventmesh.purges', ''))) / length('eventmesh.purges') <> 3 then
        raise exception '% is not as it was expected.', found.oid::regprocedure;
      end if;
    end if;
    execute now_is;
  end loop;
end $$;
