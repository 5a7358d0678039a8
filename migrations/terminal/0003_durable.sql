-- Photos, kept in the same file as the events that name them, so that one commit makes either durable. `log_row` is the log's last
-- row when the photo came: the event that names it lies beyond.
create table attachment (
    hash    blob    not null primary key,       -- SHA-256 of `body`
    body    blob    not null,                   -- JPEG
    kept_at integer not null,                   -- milliseconds since 1970
    log_row integer not null,
    named   integer not null default 0,         -- 1: an event names it
    sent_at integer                             -- null: the server does not have it
) strict;

create index attachment_waiting on attachment (kept_at) where sent_at is null;

-- Up to where acknowledged events have left, and the chain's value there: the rest is verified from it.
create table left_log (
    epoch text    not null primary key,
    seq   integer not null,
    hash  blob    not null
) strict, without rowid;
