-- When the registry learned that a code was put into its parent, where that was later than the issue of its pack: a loss before then
-- freezes the code all the same (traceability/2022 art. 22).
alter table code add column associated_at bigint;
