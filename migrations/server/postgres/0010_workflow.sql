-- What people do about mismatches: who has it, until when, how it was settled; and every step.

alter table mismatch add column opened_at bigint;      -- ms; when it came into its present state: the time to answer counts from here
alter table mismatch add column assignee text collate "C";          -- a person's name
alter table mismatch add column respond_by bigint;     -- ms; null: by severity
alter table mismatch add column resolved_reason text collate "C";
alter table mismatch add column resolved_by text collate "C";
alter table mismatch add column resolved_at bigint;    -- ms
create index mismatch_by_basis on mismatch (basis);
create index mismatch_by_workflow on mismatch (state, workflow);

create table workflow_step (
    scope   text collate "C"    not null,
    kind    text collate "C"    not null,
    subject text collate "C"    not null,
    step_no bigint not null,                           -- from 1, within the mismatch
    at      bigint not null,                           -- ms
    who     text collate "C"    not null,                           -- a person's name; empty: the server itself
    step    text collate "C"    not null,                           -- seen, started, waiting, assigned, commented, due, resolved, reopened, escalated
    detail  text collate "C"    not null,                           -- the assignee, the reason, the day
    comment text collate "C"    not null,
    primary key (scope, kind, subject, step_no)
);

-- Where new mismatches are told.
create table webhook (
    webhook_id  text collate "C"    not null primary key,           -- UUID
    url         text collate "C"    not null,
    member      text collate "C",                                   -- whose trade is told; null: all
    secret      text collate "C"    not null,                       -- hex; what the signature is made with
    made_at     bigint not null,
    position    bigint not null,                       -- ledger position up to which everything was queued
    last_no     bigint not null default 0,        -- number of the last message that was taken
    failing_since bigint,                              -- ms
    disabled_at bigint,                                -- ms
    last_error  text collate "C"
);

create table webhook_delivery (
    webhook_id  text collate "C"    not null,
    delivery_no bigint not null,                       -- from 1, within the webhook
    body        text collate "C"    not null,
    tries       bigint not null,
    next_at     bigint not null,                       -- ms
    primary key (webhook_id, delivery_no)
);
create index webhook_delivery_due on webhook_delivery (next_at);
