-- What each role may reach at all; row-level security then says which rows. Nothing is left to a project's
-- default privileges, which differ from project to project. Running this again changes nothing.

revoke all on public.profiles, public.threads, public.seeds, public.seats, public.members, public.events
  from public, anon, authenticated;

grant select on public.threads, public.seeds, public.seats to anon, authenticated;
grant select (thread_id, seq, at, kind, seat, ply, to_move, body) on public.events to anon, authenticated;
grant select on public.profiles, public.members to authenticated;

grant insert (id, name), update (name), delete on public.profiles to authenticated;
grant insert (id, name, epoch, game, visibility, hidden, is_foreign, options, seed, clock, tags, created, to_move),
  update (visibility), delete on public.threads to authenticated;
grant insert on public.seeds to authenticated;
grant insert (thread_id, user_id, host), update (host), delete on public.members to authenticated;
grant insert on public.events to authenticated;

grant all on public.profiles, public.threads, public.seeds, public.seats, public.members, public.events
  to service_role;

grant usage on schema gamesock to anon, authenticated, service_role;
revoke execute on all functions in schema gamesock from public, anon, authenticated;
grant execute on function
  gamesock.thread_id, gamesock.my_threads, gamesock.run_by_me, gamesock.owned_by_me, gamesock.sees_event,
  gamesock.sees_seed, gamesock.may_append, gamesock.threads_by_id, gamesock.seats_by_id, gamesock.events_by_id
  to anon, authenticated;
grant execute on function gamesock.delete_account to authenticated;
grant execute on all functions in schema gamesock to service_role;

revoke execute on function
  public.thread_by_id, public.seats_by_id, public.events_by_id, public.delete_account
  from public, anon, authenticated;
grant execute on function public.thread_by_id, public.seats_by_id, public.events_by_id
  to anon, authenticated, service_role;
grant execute on function public.delete_account to authenticated;
