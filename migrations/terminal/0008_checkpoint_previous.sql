-- Entries of the checkpoint before, as each one names it: a gap is found without reading what was signed. 0: it is the first.
alter table checkpoint add column previous integer not null default 0;
update checkpoint set previous = coalesce(json_extract(json_extract(body, '$.signed'), '$.previous.entries'), 0);
