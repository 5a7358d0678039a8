-- What became of code packs and codes, by whom and when.

-- Acts on a pack: applied, imported, issued, activated, lost, stolen, released, cancelled, associated. Only ever added.
create table pack_act (
    pack     text    not null,
    act_no   integer not null,              -- from 1 in each pack
    at       integer not null,              -- ms
    act      text    not null,
    codes    integer not null,              -- how many codes it concerns
    by_whom  text    not null,
    detail   text    not null,
    primary key (pack, act_no)
) strict, without rowid;

-- 换码: an old code ended, a new one stands in its place.
create table relabelling (
    old_key  blob    not null primary key,
    old_code text    not null,
    new_code text    not null,
    at       integer not null,              -- ms
    by_whom  text    not null,
    why      text    not null
) strict, without rowid;

-- The codes of a pack, in the order of their keys.
create index code_by_pack on code (pack, code_key);

-- Stock counts are few, and found without reading the other events.
create index event_stock_count on event (member, at) where kind = 'stock_count';
