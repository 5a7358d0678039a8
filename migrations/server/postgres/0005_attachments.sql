-- Photos that events name, and what idle terminals say.

-- Whole ones. A member's name for a photo says nothing of another member's.
create table attachment (
    member text collate "C" not null,
    sha256 bytea not null,
    terminal text collate "C" not null,
    received_at bigint not null,
    named bigint not null,
    body bytea not null,
    primary key (member, sha256)
);

-- Under way, one row each.
create table upload (
    terminal text collate "C" not null,
    sha256 bytea not null,
    length bigint not null,
    started_at bigint not null,
    primary key (terminal, sha256)
) with (fillfactor = 50);

-- The bytes of one under way.
create table upload_part (
    terminal text collate "C" not null,
    sha256 bytea not null,
    at bigint not null,
    body bytea not null,
    primary key (terminal, sha256, at)
);

-- Reports alone name photos: they are few, and found without reading the others.
create index event_report on event (member) where kind = 'report';

-- The newest heartbeat of each terminal.
create table heartbeat (
    terminal text collate "C" not null primary key,
    received_at bigint not null,
    pending_after bigint not null,
    last_effective_at bigint,
    data_as_of bigint not null
) with (fillfactor = 50);
