-- Attempts that wait because their workspace is suspended: woken together when it goes on, and told by this from those that wait for a retry of their own.
alter table eventmesh.retry_timers add column held boolean not null default false;
create index ix_retry_timers_held on eventmesh.retry_timers (tenant_id) where held;
