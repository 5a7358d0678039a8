-- What was known of a record of the registry, and for when: nothing is forgotten by an amendment or a correction.

-- The versions of a record. `reference` holds what is in force; a row without `known_to` is what is known now of the time from its
-- `valid_from` to the next one's.
create table reference_version (
    reference_set text collate "C" not null,
    record_key    text collate "C" not null,
    version       bigint not null,              -- from 1, in the order of knowing
    why           text collate "C" not null,    -- import, entry, amendment, correction
    valid_from    bigint not null,              -- ms; 0: as far back as anything is judged
    known_from    bigint not null,              -- ms
    known_to      bigint,                       -- ms; null: still held to be right
    position      bigint not null,              -- ledger position at which it became known
    by_whom       text collate "C" not null,
    change        text collate "C",             -- what an amendment changes, as a JSON merge patch; null: the whole record
    body          text collate "C" not null,    -- the whole record as it is from `valid_from` on
    in_force      bigint not null,              -- 0: an amendment whose day is still to come
    primary key (reference_set, record_key, version)
);
create index reference_version_planned on reference_version (valid_from) where in_force = 0 and known_to is null;
