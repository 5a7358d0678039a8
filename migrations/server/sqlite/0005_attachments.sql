-- Photos that events name, and what idle terminals say.

-- Whole ones. A member's name for a photo says nothing of another member's.
create table attachment (
    member      text    not null,
    sha256      blob    not null,               -- of the body: its name
    terminal    text    not null,               -- who brought it
    received_at integer not null,               -- ms
    named       integer not null,               -- 1: a stored event of the member names it; 0: its event is still to come
    body        blob    not null,
    primary key (member, sha256)
) strict, without rowid;

-- Under way, one row each.
create table upload (
    terminal   text    not null,
    sha256     blob    not null,
    length     integer not null,                -- bytes of the whole, as announced
    started_at integer not null,                -- ms
    primary key (terminal, sha256)
) strict, without rowid;

-- The bytes of one under way.
create table upload_part (
    terminal text    not null,
    sha256   blob    not null,
    at       integer not null,                  -- where it starts
    body     blob    not null,
    primary key (terminal, sha256, at)
) strict, without rowid;

-- Reports alone name photos: they are few, and found without reading the others.
create index event_report on event (member) where kind = 'report';

-- The newest heartbeat of each terminal.
create table heartbeat (
    terminal          text    not null primary key,
    received_at       integer not null,         -- ms, by the server's clock
    pending_after     integer not null,
    last_effective_at integer,                  -- ms, by the terminal's clock: for people
    data_as_of        integer not null
) strict, without rowid;
