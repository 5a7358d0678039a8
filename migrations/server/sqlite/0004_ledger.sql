-- The ledger's own chain: what was taken in, in the order of taking in. Rows are only ever added.
create table ledger_entry (
    entry    integer primary key,           -- gap-free from 1
    kind     text    not null,              -- batch, evidence, admission, restore
    digest   blob    not null,              -- SHA-256 of what the entry stands for
    hash     blob    not null               -- the chain's value after it
) strict;

-- What an entry stands for is found by its number; rows of earlier versions get theirs at the first start.
alter table batch add column entry integer;
alter table batch add column public_key text;   -- that the signature was checked with; a terminal may get another
create unique index batch_by_entry on batch (entry) where entry is not null;
alter table quarantine add column entry integer;
create unique index quarantine_by_entry on quarantine (entry) where entry is not null;

-- How a person or a later version settled a piece of evidence: replayed or admitted; by whom and why.
alter table quarantine add column settled text;
alter table quarantine add column settled_at integer;
alter table quarantine add column settled_by text;
alter table quarantine add column settled_why text;
create index quarantine_open on quarantine (terminal) where settled is null;

-- Signed heads of the chain, handed out with acknowledgements.
create table checkpoint (
    entries integer primary key,
    body    text    not null                -- shared::wire::SignedCheckpoint
) strict;

-- Restores from a backup that led to this ledger, oldest first.
create table restore (
    entry integer primary key,
    body  text    not null                  -- shared::wire::SignedRestored
) strict;

-- Events of evidence that a supervisor admitted. Their numbers may be taken by others, so each admission is an epoch of its own.
create table admission (
    epoch         text    not null primary key,
    terminal      text    not null,
    of_epoch      text    not null,         -- the epoch that the bodies name
    first_seq     integer not null,
    last_seq      integer not null,
    quarantine_id integer not null,
    entry         integer not null unique
) strict, without rowid;

-- What was wrong with a terminal's log when its data arrived, one row for each kind: the latest and at most a hundred of its events.
create table log_fault (
    terminal text    not null,
    fault    text    not null,              -- gap, broken-chain, fork, revoked, late, offset, stepped-back
    at       integer not null,
    more     integer not null,              -- events beyond those named
    offset_ms integer not null,             -- the worst, of a clock that is off
    events   text    not null,              -- JSON array of event references
    primary key (terminal, fault)
) strict, without rowid;

-- Stored, acknowledged and not judged yet: taken up when there is time.
create table unjudged (
    terminal  text    not null,
    epoch     text    not null,
    first_seq integer not null,
    last_seq  integer not null,
    primary key (terminal, epoch, first_seq)
) strict, without rowid;

-- Clock anchors of a log are looked for whenever its events are judged.
create index event_anchor on event (terminal) where kind = 'clock_anchor';
