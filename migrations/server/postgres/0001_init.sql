-- The server's ledger, registry and verdicts on PostgreSQL: the tables of `../sqlite/0001_init.sql`, where columns are explained.
-- Texts are compared byte by byte (`collate "C"`), so that both databases order alike. Never change an applied file: add the next number.

-- Functions that SQLite has, so that both databases run the same statements. The first is inlined by the planner.
create function json_each(document text) returns table (value text) language sql immutable parallel safe rows 50
    as $$ select item from json_array_elements_text(document::json) as item $$;
create function unhex(digits text) returns bytea language sql immutable parallel safe
    as $$ select decode(digits, 'hex') $$;
create function hex(bytes bytea) returns text language sql immutable parallel safe
    as $$ select upper(encode(bytes, 'hex')) $$;
create function instr(bytes bytea, part bytea) returns bigint language sql immutable parallel safe
    as $$ select cast(position(part in bytes) as bigint) $$;

-- One row. `position` is moved last in every committing transaction, so that a reader who sees position p sees all of p.
create table ledger (
    only_row bigint primary key check (only_row = 1),
    ledger_id text collate "C" not null,
    position bigint not null
) with (fillfactor = 10);

-- Reference data: one row per record, its JSON as imported and pulled (`shared::wire::Record`).
create table reference (
    reference_set text collate "C" not null,
    record_key text collate "C" not null,
    body text collate "C" not null,
    position bigint not null,
    primary key (reference_set, record_key)
);
create index reference_by_position on reference (position);

-- The code registry. Keys are pack-first (`shared::code::CodeKey`), so the codes of a pack lie together.
create table code (
    code_key bytea not null primary key,
    code text collate "C" not null,
    pack text collate "C" not null,
    product text collate "C" not null,
    parent_key bytea,
    parent text collate "C",
    position bigint not null
);
create index code_by_parent on code (parent_key) where parent_key is not null;
create index code_by_position on code (position);

create table terminal (
    terminal text collate "C" not null primary key,
    public_key text collate "C" not null,
    member text collate "C" not null,
    site text collate "C" not null,
    name text collate "C" not null,
    revoked_at bigint,
    reached_at bigint
) with (fillfactor = 50);

-- Where each terminal's chain stands. The row decides what of a batch is new.
create table head (
    terminal text collate "C" not null,
    epoch text collate "C" not null,
    next_seq bigint not null,
    hash bytea not null,
    closed bigint not null default 0,
    primary key (terminal, epoch)
) with (fillfactor = 50);

-- Signed batches as they came: the evidence.
create table batch (
    terminal text collate "C" not null,
    epoch text collate "C" not null,
    first_seq bigint not null,
    count bigint not null,
    wire bigint not null,
    received_at bigint not null,
    position bigint not null,
    body bytea not null,
    primary key (terminal, epoch, first_seq)
);

-- Events as facts, found by code and by basis.
create table event (
    terminal text collate "C" not null,
    epoch text collate "C" not null,
    seq bigint not null,
    member text collate "C" not null,
    at bigint not null,
    kind text collate "C" not null,
    basis text collate "C",
    document text collate "C",
    code_key bytea,
    about text collate "C",
    body bytea not null,
    hash bytea not null,
    primary key (terminal, epoch, seq)
);
create index event_by_code on event (code_key) where code_key is not null;
create index event_by_about on event (about) where about is not null;
create index event_by_basis on event (basis) where basis is not null;

-- Bytes that could not be taken in, kept whole for a person.
create table quarantine (
    quarantine_id bigint generated always as identity primary key,
    terminal text collate "C",
    epoch text collate "C",
    seq bigint,
    reason text collate "C" not null,
    received_at bigint not null,
    digest bytea not null unique,
    body bytea not null
);

-- Verdicts. A row is never deleted: late data closes it, new evidence opens it again.
create table mismatch (
    kind text collate "C" not null,
    subject text collate "C" not null,
    state text collate "C" not null,
    workflow text collate "C" not null default 'open',
    severity text collate "C" not null,
    scope text collate "C" not null,
    basis text collate "C",
    document text collate "C",
    body text collate "C" not null,
    raised_at bigint not null,
    changed_at bigint not null,
    due_at bigint,
    position bigint not null,
    primary key (kind, subject, scope)
) with (fillfactor = 80);
create index mismatch_by_scope on mismatch (scope);
create index mismatch_by_position on mismatch (position);
create index mismatch_by_due on mismatch (due_at) where due_at is not null;

-- What a consignor sent on a document (`shared::wire::Manifest`), disclosed to the consignee.
create table manifest (
    manifest_key text collate "C" not null primary key,
    basis text collate "C" not null,
    body text collate "C" not null,
    position bigint not null
);
create index manifest_by_position on manifest (position);
