-- Lists of mismatches are read page by page behind the last case of the page before, in this order.
create index mismatch_in_order on mismatch (
    (case severity when 'block' then 0 when 'hold' then 1 when 'warn' then 2 else 3 end),
    (-raised_at), kind, subject, scope
);
