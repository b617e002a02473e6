-- A timer wakes the attempt that a delivery's stream waits for at one version (-1: whatever version it has), and perhaps the line that the delivery stands in.
alter table eventmesh.retry_timers add column version bigint not null default -1, add column line varchar;
