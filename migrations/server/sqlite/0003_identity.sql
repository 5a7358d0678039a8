-- Who may speak for whom: invitations and what became of them, certificates, contacts, acts of people on identities.

-- An invitation and, once it was used, the asking that used it. The token itself is stored nowhere.
create table enrolment (
    token_hash blob    not null primary key,    -- SHA-256("tallyman/invite/1" ‖ token)
    member     text    not null,
    site       text    not null,
    name       text    not null,                -- what people will call the terminal
    device     text,                            -- only this terminal may use it: it is enrolled again
    invited_at integer not null,                -- ms
    expires_at integer not null,                -- ms; after it nobody can ask with it
    state      text    not null,                -- invited, pending, approved, refused
    terminal   text,                            -- who asked
    public_key text,                            -- Ed25519, hex
    app        text,
    check_code text,                            -- what both screens show
    asked_at   integer,
    decided_at integer,
    decided_by text
) strict, without rowid;
create index enrolment_by_state on enrolment (state, asked_at);

-- Client certificates. A connection is told by the hash of what it shows; nothing in a certificate is parsed here.
create table certificate (
    fingerprint blob    not null primary key,   -- SHA-256 of the DER
    terminal    text    not null,
    public_key  text    not null,
    issued_at   integer not null,               -- ms
    expires_at  integer not null,               -- ms
    der         blob    not null                -- given again to who asks again
) strict, without rowid;
create index certificate_by_terminal on certificate (terminal, expires_at);

-- When each terminal last asked for anything, to the minute.
create table terminal_contact (
    terminal text    not null primary key,
    at       integer not null                   -- ms
) strict, without rowid;

-- What people did to identities: invited, approved, refused, revoked, reinstated, a CA adopted. Never changed, never deleted.
create table identity_act (
    act_no   integer primary key,
    at       integer not null,                  -- ms
    act      text    not null,
    terminal text,
    by_whom  text    not null,                  -- console or shell, with the name where one is known
    detail   text    not null
) strict;
