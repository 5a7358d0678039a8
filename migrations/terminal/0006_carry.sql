-- Parcels of other terminals, carried for them until the server has answered and the answers are given back. Their bytes are sealed:
-- nothing here can read them.
create table carried (
    parcel   blob    not null primary key,      -- SHA-256 of the file
    terminal text    not null,                  -- whose, as its header says
    events   integer not null,                  -- how many, as its header says
    bytes    integer not null,                  -- length of the file
    taken_at integer not null,                  -- milliseconds since 1970
    body     blob,                              -- the file; null once nothing more can be heard by delivering it
    answers  text,                              -- the server's answers, as they came
    refused  text,                              -- why the server does not take it
    asked_at integer,                           -- last delivery
    given_at integer                            -- last time that the answers were handed on
) strict;
