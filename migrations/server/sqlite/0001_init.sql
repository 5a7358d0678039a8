-- The server's ledger, registry and verdicts on SQLite. Never change an applied file: add the next number.

-- One row. `position` is moved last in every committing transaction, so that a reader who sees position p sees all of p.
create table ledger (
    only_row  integer primary key check (only_row = 1),
    ledger_id text    not null,             -- UUID; a restored ledger gets a new one
    position  integer not null
) strict;

-- Reference data: one row per record, its JSON as imported and pulled (`shared::wire::Record`).
create table reference (
    reference_set text    not null,         -- member, site, product, basis, document, pack
    record_key    text    not null,
    body          text    not null,
    position      integer not null,         -- ledger position of its last change: the pull cursor
    primary key (reference_set, record_key)
) strict, without rowid;
create index reference_by_position on reference (position);

-- The code registry. Keys are pack-first (`shared::code::CodeKey`), so the codes of a pack lie together.
create table code (
    code_key   blob    not null primary key,
    code       text    not null,            -- canonical form
    pack       text    not null,
    product    text    not null,
    parent_key blob,                        -- the package it was put into on the production line
    parent     text,
    position   integer not null
) strict, without rowid;
create index code_by_parent on code (parent_key) where parent_key is not null;
create index code_by_position on code (position);

create table terminal (
    terminal    text    not null primary key,   -- UUID
    public_key  text    not null,               -- Ed25519, hex
    member      text    not null,
    site        text    not null,
    name        text    not null,
    revoked_at  integer,                        -- ms; checked on every request
    reached_at  integer                         -- effective time of its last stored event, ms
) strict, without rowid;

-- Where each terminal's chain stands. The row decides what of a batch is new.
create table head (
    terminal text    not null,
    epoch    text    not null,
    next_seq integer not null,
    hash     blob    not null,
    closed   integer not null default 0,        -- 1 after a fork: nothing more is taken into this epoch
    primary key (terminal, epoch)
) strict, without rowid;

-- Signed batches as they came: the evidence.
create table batch (
    terminal    text    not null,
    epoch       text    not null,
    first_seq   integer not null,
    count       integer not null,
    wire        integer not null,
    received_at integer not null,               -- ms
    position    integer not null,
    body        blob    not null,               -- the zstd bytes as received
    primary key (terminal, epoch, first_seq)
) strict;

-- Events as facts, found by code and by basis.
create table event (
    terminal text    not null,
    epoch    text    not null,
    seq      integer not null,
    member   text    not null,
    at       integer not null,                  -- effective time, ms
    kind     text    not null,
    basis    text,
    document text,
    code_key blob,
    about    text,                              -- the event that a void or set_aside names, `terminal/epoch/seq`
    body     blob    not null,                  -- the body bytes as hashed
    hash     blob    not null,                  -- the chain's value after it
    primary key (terminal, epoch, seq)
) strict;
create index event_by_code on event (code_key) where code_key is not null;
create index event_by_about on event (about) where about is not null;
create index event_by_basis on event (basis) where basis is not null;

-- Bytes that could not be taken in, kept whole for a person.
create table quarantine (
    quarantine_id integer primary key,
    terminal      text,                         -- as claimed
    epoch         text,
    seq           integer,                      -- null: a whole batch
    reason        text    not null,
    received_at   integer not null,
    digest        blob    not null unique,      -- SHA-256 of the bytes: the same bytes are kept once
    body          blob    not null
) strict;

-- Verdicts. A row is never deleted: late data closes it, new evidence opens it again.
create table mismatch (
    kind       text    not null,
    subject    text    not null,
    state      text    not null,                -- provisional, confirmed, closed, resolved
    workflow   text    not null default 'open',
    severity   text    not null,
    scope      text    not null,                -- what is judged again together: `code …` or `basis …`
    basis      text,
    document   text,
    body       text    not null,                -- shared::mismatch::Mismatch as JSON
    raised_at  integer not null,
    changed_at integer not null,
    due_at     integer,                         -- when time alone changes it
    position   integer not null,
    primary key (kind, subject, scope)
) strict, without rowid;
create index mismatch_by_scope on mismatch (scope);
create index mismatch_by_position on mismatch (position);
create index mismatch_by_due on mismatch (due_at) where due_at is not null;

-- What a consignor sent on a document (`shared::wire::Manifest`), disclosed to the consignee.
create table manifest (
    manifest_key text    not null primary key,  -- basis document stage
    basis        text    not null,
    body         text    not null,
    position     integer not null
) strict, without rowid;
create index manifest_by_position on manifest (position);
