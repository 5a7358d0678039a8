-- What lets one scan be judged without reading the whole log, and a task be shown without judging it again. Rows of `scan` and
-- `mention` follow from the log alone (but for what the clerk was told) and are made again from it where this file is applied.

-- The log once more, keyed by the epoch's ordinal and the number: one tree, one page a commit. `epoch` and `seq` stay beside the
-- body, so that a row tells whose it is even when the pages above it are gone.
create table event (
    epoch    text    not null,
    seq      integer not null,
    body     blob    not null,
    hash     blob    not null,                  -- the chain's value after it
    wire     integer not null,
    event_no integer primary key                -- ordinal of the epoch * 2^40 + number
) strict;
insert into event (epoch, seq, body, hash, wire, event_no)
    select l.epoch, l.seq, l.body, l.hash, l.wire, (e.ordinal << 40) + l.seq
    from log l join epoch e using (epoch) order by e.ordinal, l.seq;
drop table log;
alter table event rename to log;

-- (basis, document, stage) where something was scanned.
create table place (
    place_no integer primary key,
    basis    text not null,
    document text not null,
    stage    text not null,
    unique (basis, document, stage)
) strict;

create table scan (
    place_no integer not null,
    epoch_no integer not null,
    seq      integer not null,
    task     text    not null,
    code_key blob,                              -- null where the text names no package
    voided   integer,                           -- number of the void, and its epoch's ordinal
    voided_in integer,
    aside    integer,                           -- number of the set_aside, of the same epoch
    released integer,                           -- number of the release, of the same epoch
    result   text,                              -- what the clerk was told; null = not known any more
    verdict  text,                              -- what spoke against it, as JSON
    primary key (place_no, epoch_no, seq)
) strict, without rowid;
create index scan_by_code on scan (code_key) where code_key is not null;

-- Events that are no scans, by what they name: `code:…`, `basis:…`, `kind:…`.
create table mention (
    name     text    not null,
    epoch_no integer not null,
    seq      integer not null,
    primary key (name, epoch_no, seq)
) strict, without rowid;

-- Registered codes, one row each: a million of them are not read at start.
create table code (
    code_key     blob not null primary key,
    code         text not null,
    pack         text not null,
    product      text not null,
    parent       text,
    parent_key   blob,
    cancelled_at text
) strict, without rowid;
create index code_by_parent on code (parent_key) where parent_key is not null;

-- What consignors sent here.
create table manifest (
    manifest_no integer primary key,
    basis       text    not null,
    document    text    not null,
    stage       text    not null,
    consignor   text    not null,
    complete    integer not null,
    last_code   text,                           -- the newest of `sent`, where there is any
    last_at_ms  integer,
    last_by     text,
    packages    integer,                        -- sums over `sent`; null = to be summed up again
    unique (basis, document, stage)
) strict;
create table sent (
    manifest_no integer not null,
    code_key    blob    not null,
    code        text    not null,
    at_ms       integer not null,
    by          text    not null,               -- terminal, epoch and number of the sending event
    primary key (manifest_no, code_key)
) strict, without rowid;
create index sent_by_code on sent (code_key);
create table sent_sum (
    manifest_no integer not null,
    product     text    not null,
    counted     integer not null,               -- units (盒)
    verified    integer not null,
    primary key (manifest_no, product)
) strict, without rowid;

-- Where a task was opened: its scans come after it. Its rows follow from the log, too.
alter table task add column opened_in integer;
alter table task add column opened_seq integer;
alter table task add column reserved integer not null default 0;
