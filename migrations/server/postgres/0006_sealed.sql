-- Batches that came sealed before the events in front of them: signed by their terminal, kept until the hole fills.
create table sealed_waiting (
    terminal text collate "C" not null,
    epoch text collate "C" not null,
    first_seq bigint not null,
    digest bytea not null,
    received_at bigint not null,
    body bytea not null,
    primary key (terminal, epoch, first_seq, digest)
);

-- Who delivered what, and when. It decides nothing: authority is each batch's own signature.
create table sealed_delivery (
    delivery_id bigint generated always as identity primary key,
    parcel bytea not null,
    terminal text collate "C" not null,
    carrier text collate "C",
    delivered_at bigint not null,
    batches bigint not null,
    waiting bigint not null,
    refused bigint not null
);
create index sealed_delivery_by_terminal on sealed_delivery (terminal, delivered_at);
