-- Batches that came sealed before the events in front of them: signed by their terminal, kept until the hole fills.
create table sealed_waiting (
    terminal    text    not null,
    epoch       text    not null,
    first_seq   integer not null,
    digest      blob    not null,               -- SHA-256 of `body`: a copy is kept once
    received_at integer not null,               -- ms
    body        blob    not null,               -- the compressed batch as it was sealed
    primary key (terminal, epoch, first_seq, digest)
) strict, without rowid;

-- Who delivered what, and when. It decides nothing: authority is each batch's own signature.
create table sealed_delivery (
    delivery_id  integer primary key,
    parcel       blob    not null,              -- SHA-256 of the file
    terminal     text    not null,              -- whose, as its header says
    carrier      text,                          -- the terminal that delivered it; null: a file, or nobody known
    delivered_at integer not null,              -- ms
    batches      integer not null,
    waiting      integer not null,              -- of them, kept for later
    refused      integer not null
) strict;
create index sealed_delivery_by_terminal on sealed_delivery (terminal, delivered_at);
