-- Who may do what. Policies say who; the trigger on `events` says when (the next seq, the seat to move); what is
-- a legal move the game decides, each time a server loads the log and replays it.
--
-- Helpers that must see past row-level security are SECURITY DEFINER, with an empty search_path, in the schema
-- `gamesock`, which the API doesn't serve.

-- Who is who

create or replace function gamesock.thread_id(name text, epoch text) returns uuid
language sql stable set search_path = ''
as $$
  select encode(substr(sha256(convert_to(auth.uid()::text || '/' || name || '/' || epoch, 'UTF8')), 1, 16), 'hex')::uuid
$$;
comment on function gamesock.thread_id is 'The id of the current user''s thread of that name.';

create or replace function gamesock.my_threads() returns setof uuid
language sql stable security definer set search_path = ''
as $$ select m.thread_id from public.members m where m.user_id = auth.uid() $$;

create or replace function gamesock.run_by_me() returns setof uuid
language sql stable security definer set search_path = ''
as $$ select m.thread_id from public.members m where m.user_id = auth.uid() and (m.owner or m.host) $$;

create or replace function gamesock.owned_by_me() returns setof uuid
language sql stable security definer set search_path = ''
as $$ select m.thread_id from public.members m where m.user_id = auth.uid() and m.owner $$;

-- What they may see

create or replace function gamesock.sees_event(
  thread uuid, kind text, seat text, room text, by_id boolean default false
) returns boolean
language sql stable security definer set search_path = ''
as $$
  select case
    when m.user_id is null and t.visibility <> 'public' and not (by_id and t.visibility = 'unlisted') then false
    when t.ended is not null then true
    when sees_event.kind in ('moved', 'ran') and t.hidden
      then coalesce(sees_event.seat = any (m.seats), false) or coalesce(m.host and not m.played, false)
    when sees_event.kind = 'chatted' and room = 'players' then coalesce(m.host or m.seats <> '{}', false)
    when sees_event.kind = 'chatted' then coalesce(m.seats = '{}', true)
    else true
  end
  from public.threads t left join public.members m on m.thread_id = t.id and m.user_id = auth.uid()
  where t.id = thread
$$;
comment on function gamesock.sees_event is
  'While the game goes on, a hidden move is its seat''s and each room''s chat its own. The host, who restores the log, '
  'reads everything, unless they sit at the table, or ever sat there.';

create or replace function gamesock.sees_seed(thread uuid) returns boolean
language sql stable security definer set search_path = ''
as $$
  select coalesce(m.host and not m.played, false)
    or (t.ended is not null and (t.visibility = 'public' or m.user_id is not null))
  from public.threads t left join public.members m on m.thread_id = t.id and m.user_id = auth.uid()
  where t.id = thread
$$;

-- What they may write

create or replace function gamesock.may_append(thread uuid, kind text, seat text, body jsonb) returns boolean
language sql stable security definer set search_path = ''
as $$
  select coalesce((
    select m.host
      or may_append.kind in ('moved', 'offered', 'declined', 'left')
        and coalesce(may_append.seat = any (m.seats), false)
        and body - array['move', 'offer'] = '{}'
    from public.members m where m.thread_id = thread and m.user_id = auth.uid()), false)
$$;
comment on function gamesock.may_append is
  'The host everything; a player what one does alone in one''s own seat, without any words. Chat, ends, takebacks and '
  'bots'' moves are the host''s.';

create or replace function gamesock.must_be_past(moment double precision) returns void
language plpgsql set search_path = ''
as $$
begin
  if moment > extract(epoch from now()) + 86400 then
    raise check_violation using message = 'that is more than a day ahead';
  end if;
end $$;
comment on function gamesock.must_be_past is
  'Lists show what changed last: nobody puts theirs on top for good. A day is for clocks that are wrong.';

create or replace function gamesock.own_thread() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform gamesock.must_be_past(new.created);
  if auth.uid() is not null then
    insert into public.members (thread_id, user_id, owner, host) values (new.id, auth.uid(), true, true);
  end if;
  return null;
end $$;

create or replace trigger own_thread after insert on public.threads
  for each row execute function gamesock.own_thread();

create or replace function gamesock.settle_host() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  thread public.threads;
begin
  select * into thread from public.threads t where t.id = new.thread_id for update;
  if not coalesce(thread.hidden and thread.ended is null, false) or (tg_op = 'UPDATE' and old.host) then
    return new;
  elsif thread.seq > 0 then
    raise insufficient_privilege using message = 'a game with secrets keeps its host until it is over';
  end if;
  update public.members m set host = false where m.thread_id = new.thread_id and m.host;
  return new;
end $$;
comment on function gamesock.settle_host is
  'In a game with secrets the host alone may read all of it: there is one, settled before the first event, so that '
  'no owner can look at the cards by making themselves or a friend the host.';

create or replace trigger settle_host before insert or update of host on public.members
  for each row when (new.host) execute function gamesock.settle_host();

-- The log

create or replace function gamesock.refuse(reason text, hint text) returns void
language plpgsql set search_path = ''
as $$
begin
  raise exception using errcode = 'PT409', message = reason, hint = hint;
end $$;

create or replace function gamesock.take_seat(thread uuid, seat text, player jsonb, holder uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  update public.members m set seats = array_remove(m.seats, take_seat.seat)
    where m.thread_id = thread and take_seat.seat = any (m.seats);
  delete from public.seats s where s.thread_id = thread and s.seat = take_seat.seat;
  if player is null then
    return;
  end if;
  insert into public.seats (thread_id, seat, name, kind, bot, level) values (
    thread, take_seat.seat, player ->> 'name', coalesce(player ->> 'kind', 'human'), player ->> 'bot',
    (player ->> 'level')::integer);
  update public.members m set seats = m.seats || take_seat.seat, played = true
    where m.thread_id = thread and m.user_id = holder;
end $$;

create or replace function gamesock.without_name(kind text, body jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select case kind
    when 'joined' then jsonb_set(body, '{player,name}', '"someone"')
    when 'chatted' then body || '{"name": "someone", "text": ""}'
    else body
  end
$$;

create or replace function gamesock.is_repeat(event public.events) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select from public.events e where e.thread_id = event.thread_id and e.seq = event.seq
      and (e.kind, e.at, e.seat) is not distinct from (event.kind, event.at, event.seat)
      and e.body in (event.body, gamesock.without_name(event.kind, event.body)))
$$;
comment on function gamesock.is_repeat is 'Whether it is kept already; a name that was taken out since is no difference.';

create or replace function gamesock.must_come_next(thread public.threads, event public.events) returns void
language plpgsql set search_path = ''
as $$
begin
  if event.seq <= thread.seq then
    perform gamesock.refuse(format('event %s is another one already', event.seq), 'differs');
  elsif event.seq > thread.seq + 1 then
    perform gamesock.refuse(format('event %s comes next, not %s', thread.seq + 1, event.seq), 'gap');
  elsif thread.ended is not null and event.kind in ('moved', 'ran', 'taken_back', 'ended') then
    perform gamesock.refuse('the game is over', 'over');
  elsif event.kind = 'moved' and event.seat <> all (thread.to_move) then
    perform gamesock.refuse(format('it isn''t %s''s turn', event.seat), 'turn');
  end if;
end $$;

create or replace function gamesock.signed(event public.events) returns public.events
language plpgsql security definer set search_path = ''
as $$
declare
  holder uuid;
begin
  if event.kind <> 'joined' and event.seat is not null then
    -- Who is deleting their account meanwhile is waited for.
    select m.user_id into holder from public.members m
      where m.thread_id = event.thread_id and event.seat = any (m.seats) for share;
    if event.user_id <> holder and event.kind <> 'chatted' then
      raise insufficient_privilege using message = format('%s is another user''s seat', event.seat);
    end if;
    event.user_id := holder;
    if holder is null and exists (
      select from public.seats s
      where s.thread_id = event.thread_id and s.seat = event.seat and s.kind = 'human' and s.name = 'someone') then
      event.body := gamesock.without_name(event.kind, event.body);
    end if;
  elsif exists (select from auth.users u where u.id = event.user_id) then
    insert into public.members (thread_id, user_id) values (event.thread_id, event.user_id) on conflict do nothing;
  elsif event.user_id is not null then
    event.user_id := null;
    event.body := gamesock.without_name(event.kind, event.body);
  end if;
  return event;
end $$;
comment on function gamesock.signed is
  'The event under its user: who holds its seat; of who sits down, or only watches, the host knows.';

create or replace function gamesock.folded(thread public.threads, event public.events) returns public.threads
language plpgsql security definer set search_path = ''
as $$
begin
  case event.kind
    when 'moved', 'ran' then thread.ply := thread.ply + 1;
    when 'taken_back' then thread.ply := greatest(0, thread.ply - (event.body ->> 'plies')::integer);
    when 'joined' then perform gamesock.take_seat(thread.id, event.seat, event.body -> 'player', event.user_id);
    when 'left' then perform gamesock.take_seat(thread.id, event.seat, null, null);
    when 'ended' then
      thread.ended := event.body ->> 'reason';
      thread.winner := event.body ->> 'winner';
      thread.to_move := '{}';
    else null;
  end case;
  if event.kind in ('moved', 'ran', 'taken_back') then
    thread.to_move := event.to_move;
  end if;
  thread.seq := event.seq;
  thread.size := thread.size + octet_length(event.body::text);
  thread.updated := event.at;
  return thread;
end $$;

create or replace function gamesock.must_be_allowed(event public.events) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  if current_setting('role') in ('anon', 'authenticated')
    and not gamesock.may_append(event.thread_id, event.kind, event.seat, event.body) then
    raise insufficient_privilege using message = 'new row violates row-level security policy for table "events"';
  end if;
end $$;

create or replace function gamesock.append_event() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  thread public.threads;
begin
  -- Here and not only in the policy, which comes after: outsiders must learn nothing from the order of a log.
  perform gamesock.must_be_allowed(new);
  select * into thread from public.threads t where t.id = new.thread_id for update;
  if not found then
    return new;  -- the foreign key says so
  end if;
  -- Again: who waited for another's event may have lost the seat, or the host's place, to it.
  perform gamesock.must_be_allowed(new);
  if gamesock.is_repeat(new) then
    return null;  -- a retry stays silent
  end if;
  perform gamesock.must_come_next(thread, new);
  perform gamesock.must_be_past(new.at);
  new := gamesock.signed(new);
  thread := gamesock.folded(thread, new);
  if new.kind not in ('moved', 'ran', 'taken_back') then
    new.ply := null;
    new.to_move := null;
  elsif new.ply <> thread.ply then
    perform gamesock.refuse(format('that is move %s, not %s', thread.ply, new.ply), 'ply');
  else
    new.ply := thread.ply;
  end if;
  update public.threads t set seq = thread.seq, size = thread.size, ply = thread.ply, to_move = thread.to_move, updated = thread.updated,
    ended = thread.ended, winner = thread.winner where t.id = thread.id;
  return new;
end $$;

create or replace trigger append_event before insert on public.events
  for each row execute function gamesock.append_event();

-- Leaving for good

create or replace function gamesock.forget_member() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if old.owner then
    delete from public.threads t where t.id = old.thread_id;
  else
    update public.events e set user_id = null, body = gamesock.without_name(e.kind, e.body)
      where e.thread_id = old.thread_id and e.user_id = old.user_id;
    update public.seats s set name = 'someone'
      where s.thread_id = old.thread_id and s.seat = any (old.seats) and s.kind = 'human';
  end if;
  return null;
end $$;

create or replace trigger forget_member after delete on public.members
  for each row execute function gamesock.forget_member();

create or replace function gamesock.delete_account() returns void
language sql security definer set search_path = ''
as $$ delete from auth.users u where u.id = auth.uid() $$;

create or replace function public.delete_account() returns void
language sql security invoker set search_path = ''
as $$ select gamesock.delete_account() $$;
comment on function public.delete_account is
  'Deletes the current user, their profile and their threads; elsewhere their name, words and id are taken out.';

-- Unlisted threads: whoever has the id may watch, and nobody can list them

create or replace function gamesock.threads_by_id(id uuid) returns setof public.threads
language sql stable security definer set search_path = ''
as $$
  select t.* from public.threads t
  where t.id = threads_by_id.id and (t.visibility <> 'private' or t.id in (select gamesock.my_threads()))
$$;

create or replace function gamesock.seats_by_id(id uuid) returns setof public.seats
language sql stable security definer set search_path = ''
as $$ select s.* from gamesock.threads_by_id(id) t join public.seats s on s.thread_id = t.id $$;

create or replace function gamesock.events_by_id(id uuid, after integer)
returns table (seq integer, at double precision, kind text, seat text, ply integer, to_move text[], body jsonb)
language sql stable security definer set search_path = ''
as $$
  select e.seq, e.at, e.kind, e.seat, e.ply, e.to_move, e.body
  from gamesock.threads_by_id(id) t join public.events e on e.thread_id = t.id
  where e.seq > after and gamesock.sees_event(e.thread_id, e.kind, e.seat, e.body ->> 'room', true)
  order by e.seq limit 1000
$$;

create or replace function public.thread_by_id(id uuid) returns setof public.threads
language sql stable security invoker set search_path = ''
as $$ select * from gamesock.threads_by_id(id) $$;

create or replace function public.seats_by_id(id uuid) returns setof public.seats
language sql stable security invoker set search_path = ''
as $$ select * from gamesock.seats_by_id(id) $$;

create or replace function public.events_by_id(id uuid, after integer default 0)
returns table (seq integer, at double precision, kind text, seat text, ply integer, to_move text[], body jsonb)
language sql stable security invoker set search_path = ''
as $$ select * from gamesock.events_by_id(id, after) $$;

-- Policies. A list is looked up once a statement (`in (select …)`), auth.uid() likewise.

drop policy if exists profiles_read on public.profiles;
create policy profiles_read on public.profiles for select to authenticated using (id = (select auth.uid()));
drop policy if exists profiles_insert on public.profiles;
create policy profiles_insert on public.profiles for insert to authenticated with check (id = (select auth.uid()));
drop policy if exists profiles_update on public.profiles;
create policy profiles_update on public.profiles for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));
drop policy if exists profiles_delete on public.profiles;
create policy profiles_delete on public.profiles for delete to authenticated using (id = (select auth.uid()));

-- An owner's thread is known by its id before there is a member: an upsert must be able to read what it writes.
drop policy if exists threads_read on public.threads;
create policy threads_read on public.threads for select to anon, authenticated
  using (visibility = 'public' or id in (select gamesock.my_threads()) or id = gamesock.thread_id(name, epoch));
drop policy if exists threads_insert on public.threads;
create policy threads_insert on public.threads for insert to authenticated
  with check (id = gamesock.thread_id(name, epoch));
drop policy if exists threads_update on public.threads;
create policy threads_update on public.threads for update to authenticated
  using (id in (select gamesock.owned_by_me())) with check (id in (select gamesock.owned_by_me()));
drop policy if exists threads_delete on public.threads;
create policy threads_delete on public.threads for delete to authenticated
  using (id in (select gamesock.owned_by_me()));

drop policy if exists seeds_read on public.seeds;
create policy seeds_read on public.seeds for select to anon, authenticated using (gamesock.sees_seed(thread_id));
drop policy if exists seeds_insert on public.seeds;
create policy seeds_insert on public.seeds for insert to authenticated
  with check (thread_id in (select gamesock.run_by_me()));

drop policy if exists seats_read on public.seats;
create policy seats_read on public.seats for select to anon, authenticated
  using (exists (select from public.threads t where t.id = seats.thread_id));

drop policy if exists members_read on public.members;
create policy members_read on public.members for select to authenticated
  using (user_id = (select auth.uid()) or thread_id in (select gamesock.run_by_me()));
drop policy if exists members_insert on public.members;
create policy members_insert on public.members for insert to authenticated
  with check (thread_id in (select gamesock.owned_by_me()));
drop policy if exists members_update on public.members;
create policy members_update on public.members for update to authenticated
  using (thread_id in (select gamesock.owned_by_me())) with check (thread_id in (select gamesock.owned_by_me()));
drop policy if exists members_delete on public.members;
create policy members_delete on public.members for delete to authenticated
  using (not owner and (user_id = (select auth.uid()) or thread_id in (select gamesock.owned_by_me())));

drop policy if exists events_read on public.events;
create policy events_read on public.events for select to anon, authenticated
  using (gamesock.sees_event(thread_id, kind, seat, body ->> 'room'));
drop policy if exists events_insert on public.events;
create policy events_insert on public.events for insert to authenticated
  with check (gamesock.may_append(thread_id, kind, seat, body));
