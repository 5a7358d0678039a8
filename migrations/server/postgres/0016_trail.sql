-- A scan is kept once, in the signed batch that brought it: the tables of `../sqlite/0016_trail.sql`, where columns are explained.

-- What SQLite calls bytes: there two of them joined are a text until they are cast.
create domain blob as bytea;

alter table batch add column member text collate "C";
alter table batch add column apart text collate "C";

create table trail (
    code_key bytea not null primary key,
    refs bytea not null
) with (fillfactor = 70);

create table basis_batch (
    basis text collate "C" not null,
    entry bigint not null,
    primary key (basis, entry)
);
