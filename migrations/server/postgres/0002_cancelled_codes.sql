-- A code can be cancelled in the registry (traceability/2022 art. 25): from when it may not move any more.
alter table code add column cancelled_at bigint;
