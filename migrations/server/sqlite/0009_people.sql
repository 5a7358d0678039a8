-- Who may open the console and the web API, and what people did.

create table person (
    name        text    not null primary key,   -- what is typed at sign-in, lower case
    shown       text    not null,               -- what people are called on screens
    role        text    not null,               -- regulator, supervisor, clerk, read-only
    member      text,                           -- whose person; null for the regulator
    password    text,                           -- argon2id, PHC text; null: cannot sign in
    made_at     integer not null,               -- ms
    password_at integer,                        -- ms
    disabled_at integer                         -- ms; null: may act
) strict, without rowid;

-- Open sign-ins. The secret itself is in one browser's cookie and stored nowhere.
create table session (
    session_hash blob    not null primary key,  -- SHA-256("tallyman/session/1" ‖ secret)
    person       text    not null,
    made_at      integer not null,              -- ms; ends 12 h later
    seen_at      integer not null               -- ms, to the minute; ends 30 min later
) strict, without rowid;
create index session_by_person on session (person);

-- Secrets of programs that act for a person.
create table api_token (
    token_hash blob    not null primary key,    -- SHA-256("tallyman/token/1" ‖ secret)
    label      text    not null,                -- the first digits of the hash: what people call it by
    person     text    not null,
    made_at    integer not null,
    expires_at integer not null,
    revoked_at integer
) strict, without rowid;
create index api_token_by_person on api_token (person);

-- Acts of people, one chain. Rows are only ever added; the head is moved in the same transaction.
create table audit (
    audit_no   integer primary key,             -- gap-free from 1
    at         integer not null,                -- ms
    who        text    not null,                -- a person's name; shell, or console without sign-in
    role       text    not null,
    member     text,                            -- whose person it was; null: the regulator, the shell
    act        text    not null,
    on_what    text    not null,
    why        text    not null,
    from_where text    not null,                -- the address, or the shell
    hash       blob    not null                 -- the chain's value after it
) strict;
create index audit_by_member on audit (member, audit_no) where member is not null;

create table audit_head (
    only_row integer primary key check (only_row = 1),
    entries  integer not null,
    hash     blob    not null
) strict;
insert into audit_head (only_row, entries, hash) values (1, 0, zeroblob(32));
