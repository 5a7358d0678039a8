-- Signing in. Nothing here can be read back to a PIN or a badge.

-- Wrong tries, one row per number typed. Written before a PIN is checked, so that no kill gives a try back.
create table sign_in_try (
    ordinal  integer primary key,               -- oldest first: numbers that nobody has are forgotten in this order
    operator text    not null unique,
    pin_name text    not null,                  -- of the verifier that was tried: another PIN begins anew; '' for a number nobody has
    wrong    integer not null,
    lock_ms  integer not null,                  -- what was left of the lock
    boot     text    not null,                  -- … in this start of the device
    mono_ms  integer not null                   -- … at this time of it
) strict;

-- Who works here, and how old the PINs are. One row.
create table desk (
    one             integer primary key check (one = 1),
    operator        text,                       -- signed in; null = nobody
    active_boot     text,                       -- last scan, key or touch
    active_mono_ms  integer,
    data_as_of      text,                       -- the references whose age is counted
    data_age_ms     integer not null default 0, -- counted so far
    data_boot       text,
    data_mono_ms    integer,
    data_wall_ms    integer                     -- wall time when it was first seen
) strict;
