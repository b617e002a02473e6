-- What operational webhooks tell of is little among much, and the first success after failures is one success of thousands: their follower reads this index and nothing else.
-- The condition is that of OperationsFeed, word for word, or the index is not used. Attempts are compared as JSON, which no stored event can make fail.
create index ix_mt_events_operations on public.mt_events (xid, seq_id)
  where type in ('connection_disabled', 'connection_enabled', 'delivery_dead_lettered', 'limit_exceeded', 'replay_finished')
    or (type = 'delivery_attempt_failed' and data #> '{attempt,number}' >= '4'::jsonb)
    or (type = 'delivery_succeeded' and data #> '{attempt,number}' >= '2'::jsonb);
