-- A game between two users, as their server writes it: order, retries, the end, and leaving for good.
begin;
create extension if not exists pgtap with schema extensions;
set local search_path to public, extensions;
select plan(21);

create function pg_temp.login(who text) returns void language sql as $$
  select set_config('role', case who when 'anon' then 'anon' else 'authenticated' end, true),
    set_config('request.jwt.claims', json_build_object('sub', nullif(who, 'anon'))::text, true)
$$;
create function pg_temp.id(name text) returns uuid language sql as $$
  select encode(substr(sha256(convert_to(
    '00000000-0000-4000-8000-00000000000a/' || name || '/', 'UTF8')), 1, 16), 'hex')::uuid
$$;
grant execute on all functions in schema pg_temp to anon, authenticated;

insert into auth.users (id, email) values
  ('00000000-0000-4000-8000-00000000000a', 'ann@gamesock.test'),
  ('00000000-0000-4000-8000-00000000000b', 'ben@gamesock.test'),
  ('00000000-0000-4000-8000-00000000000c', 'cleo@gamesock.test');

select pg_temp.login('00000000-0000-4000-8000-00000000000c');
select throws_ok(
  $$ insert into threads (id, name, game, created) values (pg_temp.id('friday'), 'friday', 'tic_tac_toe', 0) $$,
  '42501', null, 'Cleo can''t create Ann''s thread');

select pg_temp.login('00000000-0000-4000-8000-00000000000a');
select lives_ok(
  $$ insert into threads (id, name, game, visibility, created, to_move)
     values (pg_temp.id('friday'), 'friday', 'tic_tac_toe', 'private', 0, '{X}') $$, 'Ann can');
select lives_ok(
  $$ insert into events (thread_id, seq, at, kind, seat, body, user_id) values
     (pg_temp.id('friday'), 1, 1, 'joined', 'X', '{"player": {"name": "Ann"}}',
      '00000000-0000-4000-8000-00000000000a'),
     (pg_temp.id('friday'), 2, 2, 'joined', 'O', '{"player": {"name": "Ben"}}',
      '00000000-0000-4000-8000-00000000000b') $$,
  'both sit down');
select lives_ok(
  $$ insert into events (thread_id, seq, at, kind, seat, to_move, body)
     values (pg_temp.id('friday'), 3, 3, 'moved', 'X', '{O}', '{"move": "5"}') $$, 'Ann moves');
select lives_ok(
  $$ insert into events (thread_id, seq, at, kind, seat, to_move, body)
     values (pg_temp.id('friday'), 3, 3, 'moved', 'X', '{O}', '{"move": "5"}')
     on conflict (thread_id, seq) do nothing $$, 'and may say so twice');
select throws_ok(
  $$ insert into events (thread_id, seq, at, kind, seat, to_move, body)
     values (pg_temp.id('friday'), 3, 3, 'moved', 'X', '{O}', '{"move": "9"}') $$,
  'PT409', 'event 3 is another one already', 'but not move otherwise');
select throws_ok(
  $$ insert into events (thread_id, seq, at, kind, seat, to_move, body)
     values (pg_temp.id('friday'), 4, 4, 'moved', 'X', '{O}', '{"move": "1"}') $$,
  'PT409', 'it isn''t X''s turn', 'nor twice in a row');

select pg_temp.login('00000000-0000-4000-8000-00000000000b');
select results_eq(
  $$ select seq, ply, to_move from threads $$,
  $$ values (3, 1, '{O}'::text[]) $$, 'Ben sees where it stands');
select throws_ok(
  $$ insert into events (thread_id, seq, at, kind, seat, to_move, body)
     values (pg_temp.id('friday'), 4, 4, 'moved', 'X', '{O}', '{"move": "1"}') $$,
  '42501', null, 'Ben can''t move for Ann');
select throws_ok(
  $$ insert into events (thread_id, seq, at, kind, body)
     values (pg_temp.id('friday'), 4, 4, 'ended', '{"winner": "O", "reason": "resignation"}') $$,
  '42501', null, 'nor resign for her');
select lives_ok(
  $$ insert into events (thread_id, seq, at, kind, seat, to_move, body)
     values (pg_temp.id('friday'), 4, 4, 'moved', 'O', '{X}', '{"move": "1"}') $$, 'but for himself');
select throws_ok($$ update events set at = 0 $$, '42501', null, 'nobody edits the log');
select throws_ok($$ delete from events $$, '42501', null, 'nor cuts it');
select throws_ok($$ select user_id from events $$, '42501', null, 'nor reads whose an event is');

select pg_temp.login('00000000-0000-4000-8000-00000000000c');
select is_empty(
  $$ select 1 from threads union all select 1 from seats union all select 1 from members $$,
  'Cleo sees nothing');
select is_empty($$ select * from thread_by_id(pg_temp.id('friday')) $$, 'nor with its id');
select pg_temp.login('00000000-0000-4000-8000-00000000000a');
select lives_ok($$ update threads set visibility = 'unlisted' $$, 'Ann shows it to those who have the id');
select pg_temp.login('anon');
select is_empty($$ select 1 from threads $$, 'it is in no list');
select results_eq(
  $$ select seq, kind from events_by_id(pg_temp.id('friday'), 2) $$,
  $$ values (3, 'moved'), (4, 'moved') $$, 'but can be read');

select pg_temp.login('00000000-0000-4000-8000-00000000000b');
select lives_ok($$ select delete_account() $$, 'Ben deletes his account');
select pg_temp.login('00000000-0000-4000-8000-00000000000a');
select results_eq(
  $$ select body #>> '{player,name}' from events where kind = 'joined' order by seq $$,
  $$ values ('Ann'), ('someone') $$, 'and is someone in Ann''s game');

select * from finish();
rollback;
