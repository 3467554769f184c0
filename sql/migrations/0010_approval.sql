-- Consent to what a batch costs: who gave it, when, and what was seen. Daemons of 0.5.0 neither ask for it nor give it.

-- Who brought the batch, where names are known: they may not approve it.
alter table orderd.batch add column brought_by text[] not null default '{}';

create table orderd.approval (
    id               bigint generated always as identity primary key,
    batch_id         bigint not null,
    at               timestamptz not null default now(),
    decision         text not null check (decision in ('approved', 'declined')),
    decided_by       text not null,
    channel          text not null check (channel in ('verb', 'page', 'table', 'rule')), -- rule: submission.approval_above was not exceeded
    orders           int not null,                                                       -- what was decided about
    purchase_price   bigint not null,
    monthly_price    bigint not null,
    first_year_price bigint not null,
    why              text
);
create index approval_batch on orderd.approval (batch_id, id);
create trigger approval_is_final before update or delete or truncate on orderd.approval
    for each statement execute function orderd.refuse_change();

-- Another system inserts rows, and perhaps approvals; it may name the person. Who it is itself is not its to say.
alter table intake.order_row add column brought_by text, add column inserted_by text;
comment on column intake.order_row.brought_by is 'The person who wants it; may not approve it. 依頼者。承認者にはなれません。';
comment on column intake.order_row.inserted_by is 'Written by the database: who was logged in. ログインユーザー（自動記録）。';
create function intake.name_inserter() returns trigger language plpgsql as $$
begin
    new.inserted_by := session_user;
    return new;
end $$;
create trigger order_row_inserter before insert on intake.order_row
    for each row execute function intake.name_inserter();

create table intake.approval (
    id               bigint generated always as identity primary key,
    batch_name       text not null,
    decision         text not null default 'approve' check (decision in ('approve', 'decline')),
    approver         text,
    why              text,
    orders           int,
    first_year_price bigint,
    inserted_at      timestamptz not null default now(),
    inserted_by      text,
    -- written by the daemon
    state            text not null default 'received' check (state in ('received', 'done', 'refused')),
    answer_ja        text,
    answer_en        text,
    decided_at       timestamptz
);
create index approval_waiting on intake.approval (id) where state = 'received';
create trigger approval_inserter before insert on intake.approval
    for each row execute function intake.name_inserter();
create trigger approval_inserted after insert on intake.approval
    for each statement execute function intake.tell_daemon();

comment on table intake.approval is 'Insert to approve or decline what a batch waits with; the daemon decides at once. INSERTするとバッチの承認・却下が行われます。';
comment on column intake.approval.batch_name is 'Name of the batch. バッチ名。';
comment on column intake.approval.decision is 'approve 承認, decline 却下.';
comment on column intake.approval.approver is 'The person who decides; without it the database user. 承認者。';
comment on column intake.approval.why is 'A reason, kept with the decision. 理由。';
comment on column intake.approval.orders is 'How many orders were seen to wait; when another number waits by then, nothing is decided. 確認したオーダ件数。';
comment on column intake.approval.first_year_price is 'The first-year cost that was seen, yen; when it is another by then, nothing is decided. 確認した初年度費用（円）。';
comment on column intake.approval.inserted_by is 'Written by the database: who was logged in. ログインユーザー（自動記録）。';
comment on column intake.approval.state is 'received: not yet looked at; done; refused: see answer_ja, answer_en. 処理状態。';
comment on column intake.approval.answer_ja is '結果（日本語）。What came of it, in Japanese.';
comment on column intake.approval.answer_en is '結果（英語）。What came of it, in English.';
comment on column intake.approval.decided_at is '処理日時。When it was looked at.';

do $$
declare
    wanted text := 'orderd_approval';
begin
    begin
        if not exists (select from pg_roles where rolname = wanted) then
            execute format('create role %I nologin', wanted);
        end if;
    exception
        when insufficient_privilege then raise notice 'role % is missing and this login may not make it', wanted;
        when duplicate_object or unique_violation then null;
    end;
    if exists (select from pg_roles where rolname = wanted) then
        grant usage on schema intake to orderd_approval;
        grant select, insert (batch_name, decision, approver, why, orders, first_year_price) on intake.approval to orderd_approval;
    end if;
    if exists (select from pg_roles where rolname = 'orderd_app') then
        grant select, insert on orderd.approval to orderd_app;
        grant select, insert, update, delete on intake.approval to orderd_app;
        grant select, insert, update, delete on orderd.product_history, orderd.site_history, orderd.contract, orderd.difference_count to orderd_app;
        grant select on orderd.month, orderd.charge_line to orderd_app;
    end if;
end $$;
