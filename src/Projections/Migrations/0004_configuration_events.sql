-- More kinds of events configure a workspace. A statement that asks for some of these names uses the index as well as one that asks for all.
drop index public.ix_mt_events_configuration;
create index ix_mt_events_configuration on public.mt_events (xid, seq_id)
  where type in ('workspace_created', 'workspace_plan_changed', 'workspace_limits_changed',
    'api_key_issued', 'api_key_revoked',
    'connection_created', 'connection_changed', 'connection_disabled', 'connection_enabled', 'connection_deleted',
    'connection_secret_rotated', 'connection_circuit_opened', 'connection_circuit_closed',
    'rule_created', 'rule_changed', 'rule_disabled', 'rule_enabled', 'rule_deleted',
    'event_type_created', 'event_type_changed', 'event_type_schema_added', 'event_type_archived', 'event_type_restored',
    'source_created', 'source_changed', 'source_disabled', 'source_enabled', 'source_deleted', 'source_secret_rotated',
    'replay_started', 'replay_cancelled', 'replay_finished');
