-- Listeners and webhooks are told of what people do: `../sqlite/0019_told_steps.sql`, where the column is explained.

alter table workflow_step add column position bigint;
