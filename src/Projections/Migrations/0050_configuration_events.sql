-- What is taken from a workspace, suspended, closed or watched from outside is configuration too. A statement that asks for some of these names uses the indexes as
-- well as one that asks for all; PostgreSQL sees that only while a list has at most 100 names.
-- The second index reads one workspace's configuration, as it was at any moment, without its events and without any other's.
drop index public.ix_mt_events_configuration;
do $$
declare
  names constant text := $names$
    'workspace_created', 'workspace_plan_changed', 'workspace_limits_changed', 'workspace_origins_changed',
    'workspace_suspended', 'workspace_resumed', 'workspace_closing', 'workspace_closing_cancelled', 'workspace_purging',
    'workspace_redaction_changed', 'workspace_witnesses_changed',
    'api_key_issued', 'api_key_roles_changed', 'api_key_revoked',
    'member_added', 'member_changed', 'member_removed', 'platform_admin_added', 'platform_admin_removed',
    'elevation_requested', 'elevation_approved', 'elevation_refused', 'elevation_ended',
    'service_account_created', 'service_account_changed', 'service_account_credential_added', 'service_account_credential_revoked', 'service_account_deleted',
    'issuer_key_added', 'issuer_key_retired', 'token_revoked', 'tokens_revoked_before',
    'provider_trusted', 'provider_changed', 'provider_removed',
    'secret_created', 'secret_version_added', 'secret_version_revoked', 'secret_deleted',
    'connection_created', 'connection_changed', 'connection_disabled', 'connection_enabled', 'connection_deleted',
    'connection_secret_rotated', 'connection_circuit_opened', 'connection_circuit_closed',
    'connection_credential_set', 'connection_credential_revoked', 'connection_authorized', 'connection_needs_attention', 'oauth_app_set', 'oauth_app_removed',
    'rule_created', 'rule_changed', 'rule_disabled', 'rule_enabled', 'rule_deleted',
    'event_type_created', 'event_type_changed', 'event_type_schema_added', 'event_type_archived', 'event_type_restored',
    'source_created', 'source_changed', 'source_disabled', 'source_enabled', 'source_deleted', 'source_secret_rotated',
    'replay_started', 'replay_cancelled', 'replay_finished'
  $names$;
begin
  execute format('create index ix_mt_events_configuration on public.mt_events (xid, seq_id) where type in (%s)', names);
  execute format('create index ix_mt_events_workspace_configuration on public.mt_events (tenant_id, xid, seq_id) where type in (%s)', names);
end $$;
