-- Tasks that were opened and not closed for good: what a later event of their terminal may complete. Follows from the events.
create table open_task (
    terminal text collate "C" not null,
    task     text collate "C" not null,
    basis    text collate "C" not null,
    primary key (terminal, task, basis)
);

insert into open_task (terminal, task, basis)
select terminal, convert_from(body, 'UTF8')::json ->> 'task', basis from event where kind = 'task_opened' and basis is not null
on conflict do nothing;

delete from open_task where exists (
    select 1 from event where event.kind = 'task_closed' and event.terminal = open_task.terminal and event.basis = open_task.basis
    and convert_from(event.body, 'UTF8')::json ->> 'task' = open_task.task
    and convert_from(event.body, 'UTF8')::json ->> 'close' = 'final'
);
