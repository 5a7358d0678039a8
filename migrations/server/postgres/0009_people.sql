-- Who may open the console and the web API, and what people did.

create table person (
    name        text collate "C"    not null primary key,   -- what is typed at sign-in, lower case
    shown       text collate "C"    not null,               -- what people are called on screens
    role        text collate "C"    not null,               -- regulator, supervisor, clerk, read-only
    member      text collate "C",                           -- whose person; null for the regulator
    password    text collate "C",                           -- argon2id, PHC text; null: cannot sign in
    made_at     bigint not null,               -- ms
    password_at bigint,                        -- ms
    disabled_at bigint                         -- ms; null: may act
);

-- Open sign-ins. The secret itself is in one browser's cookie and stored nowhere.
create table session (
    session_hash bytea    not null primary key,  -- SHA-256("tallyman/session/1" ‖ secret)
    person       text collate "C"    not null,
    made_at      bigint not null,              -- ms; ends 12 h later
    seen_at      bigint not null               -- ms, to the minute; ends 30 min later
);
create index session_by_person on session (person);

-- Secrets of programs that act for a person.
create table api_token (
    token_hash bytea    not null primary key,    -- SHA-256("tallyman/token/1" ‖ secret)
    label      text collate "C"    not null,                -- the first digits of the hash: what people call it by
    person     text collate "C"    not null,
    made_at    bigint not null,
    expires_at bigint not null,
    revoked_at bigint
);
create index api_token_by_person on api_token (person);

-- Acts of people, one chain. Rows are only ever added; the head is moved in the same transaction.
create table audit (
    audit_no   bigint primary key,             -- gap-free from 1
    at         bigint not null,                -- ms
    who        text collate "C"    not null,                -- a person's name; shell, or console without sign-in
    role       text collate "C"    not null,
    member     text collate "C",                            -- whose person it was; null: the regulator, the shell
    act        text collate "C"    not null,
    on_what    text collate "C"    not null,
    why        text collate "C"    not null,
    from_where text collate "C"    not null,                -- the address, or the shell
    hash       bytea    not null                 -- the chain's value after it
);
create index audit_by_member on audit (member, audit_no) where member is not null;

create table audit_head (
    only_row bigint primary key check (only_row = 1),
    entries  bigint not null,
    hash     bytea    not null
);
insert into audit_head (only_row, entries, hash) values (1, 0, decode(repeat('00', 32), 'hex'));
