-- Operational webhooks also tell of credentials that were revoked or need somebody's attention. The condition is that of OperationsFollower, word for word, or the index is not used.
drop index public.ix_mt_events_operations;
create index ix_mt_events_operations on public.mt_events (xid, seq_id)
  where type in ('connection_disabled', 'connection_enabled', 'connection_credential_revoked', 'connection_needs_attention', 'delivery_dead_lettered', 'limit_exceeded', 'replay_finished')
    or (type = 'delivery_attempt_failed' and data #> '{attempt,number}' >= '4'::jsonb)
    or (type = 'delivery_succeeded' and data #> '{attempt,number}' >= '2'::jsonb);
