-- What events name without scanning it: packages put into others, relabelled, checked, reported; packs put into use; who signed in
-- where on a day. The key is 16 bytes (`store/named.rs`).
create table named (
    name_key bytea    not null,
    terminal text collate "C" not null,
    epoch    text collate "C" not null,
    seq      bigint not null,
    primary key (name_key, terminal, epoch, seq)
);

-- Finds what of an older ledger is not named yet.
create index event_naming on event (kind) where kind in ('associate', 'dissociate', 'case_checked', 'report', 'relabel',
    'pack_activated', 'signed_in', 'signed_out', 'operator_changed');

-- When time alone changes what is judged of a basis or a member next.
create table due (
    scope  text collate "C" not null primary key,
    due_at bigint not null                      -- ms
);
create index due_by_time on due (due_at);

-- What is told of one terminal's conduct rests on few of its events.
create index event_conduct on event (terminal) where kind in ('gate_asked', 'void');
