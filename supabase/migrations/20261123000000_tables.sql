-- What gamesock keeps of a player's games: threads, who sits where, and the log of each.
--
-- A thread's log is the truth, exactly as in a recording: one row an event, only ever added to. The columns of
-- `threads` and `seats` that follow from it are kept by a trigger, so that lists are quick. User ids stand in
-- `members` alone (and in a column of `events` that nobody may read): who can watch a game learns the names its
-- players chose, and nothing more.

do $$
declare
  taken text;
begin
  select string_agg(name, ', ') into taken
  from unnest(array['profiles', 'threads', 'seeds', 'seats', 'members', 'events']) name
  where to_regclass('public.' || name) is not null
    and coalesce(obj_description(to_regclass('public.' || name), 'pg_class'), '') not like 'gamesock: %';
  if taken is not null then
    raise exception 'this project has tables of its own by these names: %', taken
      using hint = 'Use another Supabase project for gamesock, or rename them. Nothing was changed.';
  end if;
  if coalesce(obj_description(to_regnamespace('gamesock'), 'pg_namespace'), '') not like 'gamesock: %'
    and to_regnamespace('gamesock') is not null then
    raise exception 'this project has a schema of its own by the name of gamesock'
      using hint = 'Use another Supabase project for gamesock, or rename it. Nothing was changed.';
  end if;
end $$;

create schema if not exists gamesock;
comment on schema gamesock is 'gamesock: the helpers of its policies and triggers. The API doesn''t serve them.';
revoke all on schema gamesock from public;

create table if not exists public.profiles (
  id         uuid primary key default auth.uid() references auth.users (id) on delete cascade,
  name       text not null check (char_length(name) between 1 and 40),
  created_at timestamptz not null default now()
);
comment on table public.profiles is 'gamesock: the name a user plays under. Each sees and changes their own.';

create table if not exists public.threads (
  id         uuid primary key,
  name       text not null check (name ~ '^[A-Za-z0-9_.~-]{1,64}$'),
  epoch      text not null default '' check (char_length(epoch) <= 64),
  game       text not null check (char_length(game) between 1 and 64),
  visibility text not null default 'private' check (visibility in ('public', 'unlisted', 'private')),
  hidden     boolean not null default false,
  is_foreign boolean not null default false,
  options    jsonb not null default '{}'
             check (jsonb_typeof(options) = 'object' and pg_column_size(options) <= 2000000),
  seed       bigint,
  clock      text check (char_length(clock) <= 32),
  tags       jsonb not null default '{}' check (
    jsonb_typeof(tags) = 'object' and pg_column_size(tags) <= 20000
    and not jsonb_path_exists(tags, '$.* ? (@.type() != "string")')),
  created    double precision not null check (created between -6e10 and 2.5e11),
  seq        integer not null default 0,
  size       bigint not null default 0,
  ply        integer not null default 0,
  to_move    text[] check (cardinality(to_move) <= 64),
  updated    double precision,
  ended      text,
  winner     text,
  constraint threads_seed_is_no_secret check (not hidden or seed is null)
);
comment on table public.threads is
  'gamesock: one game each: what its recording''s header says, then what follows from its log.';
comment on column public.threads.id is
  'The first 16 bytes of sha256("OWNER/NAME/EPOCH"): nobody can take another''s.';
comment on column public.threads.name is 'The thread id that players know; two owners may use the same.';
comment on column public.threads.hidden is
  'Whether seats see different things: moves are their own seat''s until the end.';
comment on column public.threads.seed is 'Null in games with secrets: there it is one of them, and stands in seeds.';
comment on column public.threads.created is 'Seconds since 1970, as every time in a recording.';
comment on column public.threads.size is 'The bytes of the log: who loads it knows before what it takes.';
comment on column public.threads.to_move is 'The seats that may move now; null: not known, the game decides.';
comment on column public.threads.ended is 'The reason of the outcome; null while the game goes on.';

create table if not exists public.seeds (
  thread_id uuid primary key references public.threads (id) on delete cascade,
  seed      bigint not null
);
comment on table public.seeds is 'gamesock: the chance of games with secrets: whoever knows it knows every card.';

create table if not exists public.seats (
  thread_id uuid not null references public.threads (id) on delete cascade,
  seat      text not null,
  name      text not null,
  kind      text not null check (kind in ('human', 'bot')),
  bot       text,
  level     integer,
  primary key (thread_id, seat)
);
comment on table public.seats is 'gamesock: who plays, as everyone at the table sees it; kept from the log.';

create table if not exists public.members (
  thread_id uuid not null references public.threads (id) on delete cascade,
  user_id   uuid not null references auth.users (id) on delete cascade,
  owner     boolean not null default false,
  host      boolean not null default false,
  seats     text[] not null default '{}',
  played    boolean not null default false,
  primary key (thread_id, user_id)
);
comment on table public.members is
  'gamesock: who is behind the names: the owner, the host (who writes the log), and who has a part in it.';
comment on column public.members.owner is 'Whose thread it is: may change who sees it, name a host, delete it.';
comment on column public.members.host is 'May write every event: the server, under its own account or its owner''s.';
comment on column public.members.seats is 'The seats this user holds now; kept from the log.';
comment on column public.members.played is
  'Whether this user ever held a seat: who did reads no secrets of others while the game goes on.';

create table if not exists public.events (
  thread_id uuid not null references public.threads (id) on delete cascade,
  seq       integer not null check (seq > 0),
  at        double precision not null check (at between -6e10 and 2.5e11),
  kind      text not null,
  seat      text check (char_length(seat) between 1 and 64),
  ply       integer,
  to_move   text[] check (cardinality(to_move) <= 64),
  body      jsonb not null default '{}',
  user_id   uuid,
  primary key (thread_id, seq),
  constraint events_kind check (kind in (
    'joined', 'left', 'moved', 'ran', 'offered', 'declined', 'taken_back', 'paused', 'chatted', 'bot_failed', 'ended',
    'rematched')),
  -- Seat keys, user ids and request ids are their players' alone: no log here may hold them.
  constraint events_are_shareable check (
    not body ?| array['id', 'user'] and not coalesce(body -> 'player' ?| array['key', 'user'], false)),
  constraint events_are_whole check (
    jsonb_typeof(body) = 'object' and not body ?| array['seq', 'at', 'kind', 'seat']
    and pg_column_size(body) <= case kind when 'ran' then 2000000 else 64000 end
    and case kind
      when 'joined' then seat is not null and jsonb_typeof(body #> '{player,name}') = 'string'
      when 'moved' then seat is not null and jsonb_typeof(body -> 'move') = 'string'
      when 'ran' then jsonb_typeof(body -> 'state') = 'object'
      when 'taken_back' then seat is not null and jsonb_typeof(body -> 'plies') = 'number'
      when 'chatted' then body ->> 'room' in ('players', 'spectators') and jsonb_typeof(body -> 'text') = 'string'
        and char_length(body ->> 'text') <= 2000
      when 'ended' then jsonb_typeof(body -> 'reason') = 'string'
      else kind not in ('left', 'offered', 'declined') or seat is not null
    end is true)
);
comment on table public.events is
  'gamesock: the logs: every event of every thread, as in its recording, only ever added to.';
comment on column public.events.ply is 'The moves played after this event, where it changed the position.';
comment on column public.events.to_move is 'The seats that may move after this event, where it changed the position.';
comment on column public.events.body is 'The rest of the event, as the recording has it.';
comment on column public.events.user_id is 'Whose doing it was. Nobody may read it; it goes when that user goes.';

create index if not exists threads_listed on public.threads (updated desc nulls last) where visibility = 'public';
create index if not exists members_of_user on public.members (user_id);
create unique index if not exists members_one_owner on public.members (thread_id) where owner;

alter table public.profiles enable row level security;
alter table public.threads enable row level security;
alter table public.seeds enable row level security;
alter table public.seats enable row level security;
alter table public.members enable row level security;
alter table public.events enable row level security;
