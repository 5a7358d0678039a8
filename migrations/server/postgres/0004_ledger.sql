-- The ledger's own chain: what was taken in, in the order of taking in. Rows are only ever added.
create table ledger_entry (
    entry bigint primary key,
    kind text collate "C" not null,
    digest bytea not null,
    hash bytea not null
);

-- What an entry stands for is found by its number; rows of earlier versions get theirs at the first start.
alter table batch add column entry bigint;
alter table batch add column public_key text collate "C";
-- Not unique, unlike on SQLite: entries are numbered by `ledger_entry` alone, and a unique index over all terminals could not be
-- distributed by terminal.
create index batch_by_entry on batch (entry) where entry is not null;
alter table quarantine add column entry bigint;
create unique index quarantine_by_entry on quarantine (entry) where entry is not null;

-- How a person or a later version settled a piece of evidence: replayed or admitted; by whom and why.
alter table quarantine add column settled text collate "C";
alter table quarantine add column settled_at bigint;
alter table quarantine add column settled_by text collate "C";
alter table quarantine add column settled_why text collate "C";
create index quarantine_open on quarantine (terminal) where settled is null;

-- Signed heads of the chain, handed out with acknowledgements.
create table checkpoint (
    entries bigint primary key,
    body text collate "C" not null
);

-- Restores from a backup that led to this ledger, oldest first.
create table restore (
    entry bigint primary key,
    body text collate "C" not null
);

-- Events of evidence that a supervisor admitted. Their numbers may be taken by others, so each admission is an epoch of its own.
create table admission (
    epoch text collate "C" not null primary key,
    terminal text collate "C" not null,
    of_epoch text collate "C" not null,
    first_seq bigint not null,
    last_seq bigint not null,
    quarantine_id bigint not null,
    entry bigint not null unique
);

-- What was wrong with a terminal's log when its data arrived, one row for each kind: the latest and at most a hundred of its events.
create table log_fault (
    terminal text collate "C" not null,
    fault text collate "C" not null,
    at bigint not null,
    more bigint not null,
    offset_ms bigint not null,
    events text collate "C" not null,
    primary key (terminal, fault)
);

-- Stored, acknowledged and not judged yet: taken up when there is time.
create table unjudged (
    terminal text collate "C" not null,
    epoch text collate "C" not null,
    first_seq bigint not null,
    last_seq bigint not null,
    primary key (terminal, epoch, first_seq)
);

-- Clock anchors of a log are looked for whenever its events are judged.
create index event_anchor on event (terminal) where kind = 'clock_anchor';
