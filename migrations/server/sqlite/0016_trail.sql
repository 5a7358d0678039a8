-- A scan is kept once, in the signed batch that brought it, and found through what follows. All other events, and scans of versions
-- before this one, have a row of `event` as before.

alter table batch add column member text;       -- whose terminal sent it; null: each of its events has a row
alter table batch add column apart  text;       -- JSON list of the numbers that could not be read; null: none

-- Where the scans of a package are: the packages of a code pack lie together.
create table trail (
    code_key blob not null primary key,
    refs     blob not null                      -- 8 bytes for each scan, appended: the batch's ledger entry (6), the place in it (2)
) strict, without rowid;

-- Which batches hold scans under a basis.
create table basis_batch (
    basis text    not null,
    entry integer not null,
    primary key (basis, entry)
) strict, without rowid;
