-- Marten's tables (conjoined tenancy, string stream identity), so that Marten with AutoCreate.None reads, folds and appends.
-- Marten names its columns in every statement, so the extra column xid and the order of columns do not matter to it.
-- Ids compare as bytes: their order is the same on every server, whatever its locale, and comparing them costs least.
create sequence public.mt_events_sequence;

create table public.mt_streams (
  tenant_id varchar collate "C" not null,
  id varchar collate "C" not null,
  type varchar,
  version bigint not null,
  timestamp timestamptz not null default now(),
  created timestamptz not null default now(),
  is_archived boolean not null default false,
  -- Read with a stream's state by Marten since its compaction policies; we never compact.
  compacted_version bigint not null default 0,
  constraint pkey_mt_streams_tenant_id_id primary key (tenant_id, id)
);

create table public.mt_events (
  seq_id bigint not null default nextval('public.mt_events_sequence'),
  id uuid not null,
  stream_id varchar collate "C" not null,
  version bigint not null,
  data jsonb not null,
  bdata bytea,
  type varchar(500) not null,
  timestamp timestamptz not null default now(),
  tenant_id varchar collate "C" not null,
  mt_dotnet_type varchar,
  correlation_id varchar,
  causation_id varchar,
  headers jsonb,
  user_name varchar,
  is_archived boolean not null default false,
  -- The transaction that wrote the row. A feed reads below the oldest running transaction, in the order (xid, seq_id): what it has read is final.
  xid xid8 not null default pg_current_xact_id(),
  constraint pkey_mt_events_seq_id primary key (seq_id)
);
-- The name is how Marten recognises a version conflict.
create unique index pk_mt_events_stream_and_version on public.mt_events (tenant_id, stream_id, version);
create index ix_mt_events_feed on public.mt_events (xid, seq_id);
create index ix_mt_events_tenant_feed on public.mt_events (tenant_id, xid, seq_id);

create table public.mt_event_progression (
  name varchar not null,
  last_seq_id bigint not null,
  last_updated timestamptz not null default now(),
  last_xid xid8 not null default '0',
  constraint pk_mt_event_progression primary key (name)
);

-- What Marten's daemon calls to move its own progress.
create function public.mt_mark_event_progression(name varchar, last_encountered bigint) returns void language sql as $$
  insert into public.mt_event_progression (name, last_seq_id, last_updated) values (name, last_encountered, now())
  on conflict on constraint pk_mt_event_progression do update set last_seq_id = excluded.last_seq_id, last_updated = excluded.last_updated
$$;

-- Who writes without eventmesh.append, Marten for one, may have written something else in its transaction before it saw the stream: then its transaction id
-- is older than that of the events it follows, and the feed would tell the stream's story backwards. That is refused; the transaction tried again is younger.
create function eventmesh.keep_order() returns trigger language plpgsql as $$
begin
  new.xid := pg_current_xact_id();
  if new.version > 1 and exists (
    select from public.mt_events e where e.tenant_id = new.tenant_id and e.stream_id = new.stream_id and e.version = new.version - 1 and e.xid > new.xid
  ) then
    raise exception 'Stream % was appended to by a transaction that began later: try again in a new transaction.', new.stream_id using errcode = 'serialization_failure';
  end if;
  return new;
end $$;
create trigger keep_order before insert on public.mt_events for each row when (current_user <> 'eventmesh_writer') execute function eventmesh.keep_order();

-- Events are written and read, never changed: nobody is granted UPDATE or DELETE, and a row that is touched all the same is refused.
create function eventmesh.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'Events are immutable: % on % is refused.', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger immutable before update or delete on public.mt_events for each row execute function eventmesh.refuse_change();
create trigger immutable_whole before truncate on public.mt_events for each statement execute function eventmesh.refuse_change();
revoke all on function eventmesh.keep_order, eventmesh.refuse_change from public;
