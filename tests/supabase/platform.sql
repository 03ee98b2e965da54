-- What a database of a Supabase project has before any migration: the auth schema, and the defaults that older
-- projects have still: everything in `public` open to everyone but for row-level security.

create schema if not exists extensions;
create schema if not exists auth;
grant usage on schema public, auth, extensions to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
do $$ begin execute format('alter database %I set search_path to "$user", public, extensions', current_database()); end $$;
set search_path to "$user", public, extensions;

create table if not exists auth.users (
  id uuid primary key default gen_random_uuid(),
  aud text, role text, email text unique, encrypted_password text, email_confirmed_at timestamptz,
  raw_user_meta_data jsonb default '{}', raw_app_meta_data jsonb default '{}',
  is_anonymous boolean not null default false,
  created_at timestamptz default now(), updated_at timestamptz default now()
);

create or replace function auth.jwt() returns jsonb language sql stable
as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
create or replace function auth.uid() returns uuid language sql stable
as $$ select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''), auth.jwt() ->> 'sub')::uuid $$;
create or replace function auth.role() returns text language sql stable
as $$ select coalesce(nullif(current_setting('request.jwt.claim.role', true), ''), auth.jwt() ->> 'role') $$;
grant execute on all functions in schema auth to anon, authenticated, service_role;
