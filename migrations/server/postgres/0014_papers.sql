-- Checked papers name photos, as reports do.
create index event_papers on event (member) where kind = 'papers_checked';
