-- What became of code packs and codes, by whom and when.

-- Acts on a pack: applied, imported, issued, activated, lost, stolen, released, cancelled, associated. Only ever added.
create table pack_act (
    pack     text collate "C" not null,
    act_no   bigint not null,              -- from 1 in each pack
    at       bigint not null,              -- ms
    act      text collate "C" not null,
    codes    bigint not null,              -- how many codes it concerns
    by_whom  text collate "C" not null,
    detail   text collate "C" not null,
    primary key (pack, act_no)
);

-- 换码: an old code ended, a new one stands in its place.
create table relabelling (
    old_key  bytea not null primary key,
    old_code text collate "C" not null,
    new_code text collate "C" not null,
    at       bigint not null,              -- ms
    by_whom  text collate "C" not null,
    why      text collate "C" not null
);

-- The codes of a pack, in the order of their keys.
create index code_by_pack on code (pack, code_key);

-- Stock counts are few, and found without reading the other events.
create index event_stock_count on event (member, at) where kind = 'stock_count';
