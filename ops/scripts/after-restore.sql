-- Run once, as superuser in EventMesh's database, after it was restored and before EventMesh starts: psql -v known=N -f after-restore.sql
-- known: the highest transaction id (32 bits) that the lost part of the history may have had; 0 when nobody knows, then a million is passed over.
--
-- The position of an event is made of its transaction and its sequence number. A restored server would count both on from where it went back to, and give
-- out positions again that somebody outside has seen on other events; whoever reads on after such a position would miss what is written below it.
\set QUIET on
set synchronous_commit = off;
select set_config('eventmesh.known', :'known', false) \g /dev/null
do $$
declare
  known constant bigint := current_setting('eventmesh.known')::bigint;
  now constant bigint := pg_current_xact_id()::text::bigint;
  -- Of the same four thousand millions of transactions as now, or of the next when that is nearer.
  until bigint := case when known = 0 then now + 1000000 else now - now % 4294967296 + known + 1000 end;
begin
  if to_regclass('public.mt_events_sequence') is null then return; end if; -- EventMesh never ran here
  perform setval('public.mt_events_sequence', (select last_value from public.mt_events_sequence) + 1000000);
  if known > 0 and until < now - 2147483648 then until := until + 4294967296; end if;
  while pg_current_xact_id()::text::bigint < until loop
    commit;
  end loop;
  -- Nodes that start now put on the broker's queues what was there at that moment, and pass over what was put there since.
  if to_regclass('eventmesh.restores') is not null then
    insert into eventmesh.restores (cut_until) values (pg_current_xact_id());
  end if;
end $$;
checkpoint;
select format('Positions go on after transaction %s.', pg_current_xact_id());
