-- A rotation finds the tokens of connections, and what authorizations under way have sealed.
select eventmesh.register_sealed('eventmesh.oauth_tokens', $$'connections/' || connection_id || '/oauth'$$);
select eventmesh.register_sealed('eventmesh.oauth_states', $$'oauth-states/' || sha256$$);
