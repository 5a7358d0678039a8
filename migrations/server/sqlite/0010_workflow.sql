-- What people do about mismatches: who has it, until when, how it was settled; and every step.

alter table mismatch add column opened_at integer;      -- ms; when it came into its present state: the time to answer counts from here
alter table mismatch add column assignee text;          -- a person's name
alter table mismatch add column respond_by integer;     -- ms; null: by severity
alter table mismatch add column resolved_reason text;
alter table mismatch add column resolved_by text;
alter table mismatch add column resolved_at integer;    -- ms
create index mismatch_by_basis on mismatch (basis);
create index mismatch_by_workflow on mismatch (state, workflow);

create table workflow_step (
    scope   text    not null,
    kind    text    not null,
    subject text    not null,
    step_no integer not null,                           -- from 1, within the mismatch
    at      integer not null,                           -- ms
    who     text    not null,                           -- a person's name; empty: the server itself
    step    text    not null,                           -- seen, started, waiting, assigned, commented, due, resolved, reopened, escalated
    detail  text    not null,                           -- the assignee, the reason, the day
    comment text    not null,
    primary key (scope, kind, subject, step_no)
) strict, without rowid;

-- Where new mismatches are told.
create table webhook (
    webhook_id  text    not null primary key,           -- UUID
    url         text    not null,
    member      text,                                   -- whose trade is told; null: all
    secret      text    not null,                       -- hex; what the signature is made with
    made_at     integer not null,
    position    integer not null,                       -- ledger position up to which everything was queued
    last_no     integer not null default 0,        -- number of the last message that was taken
    failing_since integer,                              -- ms
    disabled_at integer,                                -- ms
    last_error  text
) strict, without rowid;

create table webhook_delivery (
    webhook_id  text    not null,
    delivery_no integer not null,                       -- from 1, within the webhook
    body        text    not null,
    tries       integer not null,
    next_at     integer not null,                       -- ms
    primary key (webhook_id, delivery_no)
) strict, without rowid;
create index webhook_delivery_due on webhook_delivery (next_at);
