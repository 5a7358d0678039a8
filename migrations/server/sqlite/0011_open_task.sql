-- Tasks that were opened and not closed for good: what a later event of their terminal may complete. Follows from the events.
create table open_task (
    terminal text not null,
    task     text not null,
    basis    text not null,
    primary key (terminal, task, basis)
) strict, without rowid;

insert into open_task (terminal, task, basis)
select terminal, json_extract(cast(body as text), '$.task'), basis from event where kind = 'task_opened' and basis is not null
on conflict do nothing;

delete from open_task where exists (
    select 1 from event where event.kind = 'task_closed' and event.terminal = open_task.terminal and event.basis = open_task.basis
    and json_extract(cast(event.body as text), '$.task') = open_task.task
    and json_extract(cast(event.body as text), '$.close') = 'final'
);
