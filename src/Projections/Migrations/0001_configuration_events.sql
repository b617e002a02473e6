-- What configures workspaces is little among much: the index of workspaces reads it from its beginning at every start.
-- The list is that of ConfigurationEvents.Types, word for word, or the index is not used.
create index ix_mt_events_configuration on public.mt_events (xid, seq_id)
  where type in ('workspace_created', 'api_key_issued', 'api_key_revoked',
    'connection_created', 'connection_changed', 'connection_disabled', 'connection_enabled', 'connection_deleted',
    'rule_created', 'rule_changed', 'rule_disabled', 'rule_enabled', 'rule_deleted');
