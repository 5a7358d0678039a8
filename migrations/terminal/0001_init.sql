-- The terminal's store. Never change an applied file: add the next number.

create table meta (
    name  text not null primary key,
    value text not null
) strict, without rowid;

-- Lives of the log, in order. The outbox is: log rows beyond `acknowledged_seq` of their epoch.
create table epoch (
    ordinal          integer primary key,
    epoch            text    not null unique,
    acknowledged_seq integer not null default 0
) strict;

-- Append-only. `body` is what was hashed, what travels and what is kept.
create table log (
    epoch text    not null,
    seq   integer not null,
    body  blob    not null,
    hash  blob    not null,                     -- the chain's value after it
    wire  integer not null,
    primary key (epoch, seq)
) strict;

create table acknowledgement (
    epoch    text    not null,
    from_seq integer not null,
    to_seq   integer not null,
    body     text    not null,                  -- the server's signed answer, as it came
    primary key (epoch, from_seq, to_seq)
) strict, without rowid;

-- What was pulled, one row per record.
create table reference (
    reference_set text not null,
    record_key    text not null,
    body          text not null,
    primary key (reference_set, record_key)
) strict, without rowid;

create table task (
    ordinal  integer primary key,
    task     text not null unique,
    stage    text not null,
    basis    text not null,
    document text not null,
    closed   text                               -- partial or final; null while open
) strict;
