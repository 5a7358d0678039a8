-- Who may speak for whom: invitations and what became of them, certificates, contacts, acts of people on identities.

-- An invitation and, once it was used, the asking that used it. The token itself is stored nowhere.
create table enrolment (
    token_hash bytea not null primary key,
    member text collate "C" not null,
    site text collate "C" not null,
    name text collate "C" not null,
    device text collate "C",
    invited_at bigint not null,
    expires_at bigint not null,
    state text collate "C" not null,
    terminal text collate "C",
    public_key text collate "C",
    app text collate "C",
    check_code text collate "C",
    asked_at bigint,
    decided_at bigint,
    decided_by text collate "C"
);
create index enrolment_by_state on enrolment (state, asked_at);

-- Client certificates. A connection is told by the hash of what it shows; nothing in a certificate is parsed here.
create table certificate (
    fingerprint bytea not null primary key,
    terminal text collate "C" not null,
    public_key text collate "C" not null,
    issued_at bigint not null,
    expires_at bigint not null,
    der bytea not null
);
create index certificate_by_terminal on certificate (terminal, expires_at);

-- When each terminal last asked for anything, to the minute.
create table terminal_contact (
    terminal text collate "C" not null primary key,
    at bigint not null
) with (fillfactor = 50);

-- What people did to identities: invited, approved, refused, revoked, reinstated, a CA adopted. Never changed, never deleted.
create table identity_act (
    act_no bigint generated always as identity primary key,
    at bigint not null,
    act text collate "C" not null,
    terminal text collate "C",
    by_whom text collate "C" not null,
    detail text collate "C" not null
);
