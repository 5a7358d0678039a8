-- Listeners and webhooks are told of what people do, as of what is judged: a step says at which ledger position it was taken.

alter table workflow_step add column position integer;   -- null: before this version, or nothing that is told
