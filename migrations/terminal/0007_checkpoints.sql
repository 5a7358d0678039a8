-- Checkpoints of the server's ledger, as they came with acknowledgements: a ledger that is rewritten later contradicts one of them.
create table checkpoint (
    ledger_id text    not null,
    entries   integer not null,
    hash      blob    not null,
    body      text    not null,                 -- shared::wire::SignedCheckpoint
    primary key (ledger_id, entries)
) strict, without rowid;
