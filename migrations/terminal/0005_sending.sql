-- Sending: epochs that take nothing new, events that the server refused, what a restored server lacks and nobody holds any more.

-- The last number that is offered as new; what lies beyond is offered as disputed. Null = the epoch is open.
alter table epoch add column closed_seq integer;

-- Single events that the server would not take as new. They are offered as disputed; the reason stays after that.
create table refused (
    epoch  text    not null,
    seq    integer not null,
    code   text    not null,                    -- the server's word for programs
    reason text    not null,                    -- its sentence for people
    taken  integer not null default 0,          -- 1: the server has it, as disputed or quarantined
    primary key (epoch, seq)
) strict, without rowid;

-- Numbers that a server restored from a backup lacks and that had left this terminal before.
create table lacking (
    epoch    text    not null,
    from_seq integer not null,
    to_seq   integer not null,
    primary key (epoch, from_seq)
) strict, without rowid;
