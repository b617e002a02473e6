-- Whether a data key was wrapped by its workspace's erasure key before the master key wrapped it. That key is a file outside of every database and its backups: once it is destroyed, no copy
-- of this row opens any more, whoever has the master key.
alter table eventmesh.data_keys add column erasure boolean not null default false;
grant select (erasure) on eventmesh.data_keys to eventmesh_sealer;
