-- A game with secrets between two users, on a server's account: who reads what before the end, whatever they try.
begin;
create extension if not exists pgtap with schema extensions;
set local search_path to public, extensions;
select plan(16);

create function pg_temp.login(who text) returns void language sql as $$
  select set_config('role', 'authenticated', true),
    set_config('request.jwt.claims', json_build_object('sub', who)::text, true)
$$;
create function pg_temp.id() returns uuid language sql as $$
  select encode(substr(sha256('00000000-0000-4000-8000-00000000000a/cards/'), 1, 16), 'hex')::uuid
$$;
grant execute on all functions in schema pg_temp to authenticated;

-- Ann owns the thread and plays; Sam is the server; Ben plays.
insert into auth.users (id, email) values
  ('00000000-0000-4000-8000-00000000000a', 'ann@gamesock.test'),
  ('00000000-0000-4000-8000-00000000000b', 'ben@gamesock.test'),
  ('00000000-0000-4000-8000-00000000000d', 'sam@gamesock.test');

select pg_temp.login('00000000-0000-4000-8000-00000000000a');
select lives_ok(
  $$ insert into threads (id, name, game, visibility, hidden, created, to_move)
     values (pg_temp.id(), 'cards', 'cards', 'public', true, 0, '{left,right}') $$, 'Ann has a game with secrets');
select lives_ok(
  $$ insert into members (thread_id, user_id, host)
     values (pg_temp.id(), '00000000-0000-4000-8000-00000000000d', true) $$, 'and lets the server host it');
select results_eq(
  $$ select user_id from members where host $$,
  $$ values ('00000000-0000-4000-8000-00000000000d'::uuid) $$, 'which is then its one host');

select pg_temp.login('00000000-0000-4000-8000-00000000000d');
select lives_ok($$ insert into seeds (thread_id, seed) values (pg_temp.id(), 7) $$, 'the server deals');
select lives_ok(
  $$ insert into events (thread_id, seq, at, kind, seat, to_move, body, user_id) values
     (pg_temp.id(), 1, 1, 'joined', 'left', null, '{"player": {"name": "Ann"}}',
      '00000000-0000-4000-8000-00000000000a'),
     (pg_temp.id(), 2, 2, 'joined', 'right', null, '{"player": {"name": "Ben"}}',
      '00000000-0000-4000-8000-00000000000b'),
     (pg_temp.id(), 3, 3, 'moved', 'right', '{left}', '{"move": "ace"}', null) $$, 'and Ben plays a card');
select isnt_empty($$ select 1 from events where kind = 'moved' $$, 'the server reads it, to restore the game');
select isnt_empty($$ select 1 from seeds $$, 'and the chance');

select pg_temp.login('00000000-0000-4000-8000-00000000000a');
select is_empty($$ select 1 from events where kind = 'moved' $$, 'Ann doesn''t see the card, though it is her thread');
select is_empty($$ select 1 from seeds $$, 'nor the chance');
select lives_ok(
  $$ insert into events (thread_id, seq, at, kind, seat, body) values (pg_temp.id(), 4, 4, 'left', 'left', '{}') $$,
  'Ann gives her seat up');
select is_empty($$ select 1 from events where kind = 'moved' union all select 1 from seeds $$, 'and sees no more');
select throws_ok(
  $$ update members set host = true where user_id = auth.uid() $$, '42501', null, 'nor can she host it now');
select throws_ok(
  $$ insert into members (thread_id, user_id, host)
     values (pg_temp.id(), '00000000-0000-4000-8000-00000000000b', true) $$, '42501', null, 'or let Ben');
select is_empty($$ select * from events_by_id(pg_temp.id()) where kind = 'moved' $$, 'the functions tell no more');

select pg_temp.login('00000000-0000-4000-8000-00000000000d');
select lives_ok(
  $$ insert into events (thread_id, seq, at, kind, body) values
     (pg_temp.id(), 5, 5, 'ended', '{"winner": "right", "reason": "showdown"}') $$, 'the game ends');
select pg_temp.login('00000000-0000-4000-8000-00000000000a');
select results_eq(
  $$ select body ->> 'move', seed from events join seeds using (thread_id) where kind = 'moved' $$,
  $$ values ('ace', 7::bigint) $$, 'and everything is on the table');

select * from finish();
rollback;
