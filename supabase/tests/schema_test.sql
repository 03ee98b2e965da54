-- The shape of the schema: what is locked, what is granted, what is indexed.
begin;
create extension if not exists pgtap with schema extensions;
set local search_path to public, extensions;
select plan(39);

select is_empty(
  $$ select c.relname from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relrowsecurity $$,
  'every table has row-level security');
select is_empty(
  $$ select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef $$,
  'no function of the API sees past row-level security by itself');
select is_empty(
  $$ select p.oid::regprocedure from pg_proc p
     where p.pronamespace in ('gamesock'::regnamespace, 'public'::regnamespace)
       and not 'search_path=""' = any (coalesce(p.proconfig, '{}')) $$,
  'every helper has an empty search_path');
select is_empty(
  $$ select c.conrelid::regclass, c.conname from pg_constraint c
     where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists (
       select from pg_index i where i.indrelid = c.conrelid and i.indpred is null and i.indkey[0] = c.conkey[1]) $$,
  'every foreign key has an index');

select policies_are(
  'public', 'profiles', array['profiles_read', 'profiles_insert', 'profiles_update', 'profiles_delete']);
select policies_are('public', 'threads', array['threads_read', 'threads_insert', 'threads_update', 'threads_delete']);
select policies_are('public', 'seeds', array['seeds_read', 'seeds_insert']);
select policies_are('public', 'seats', array['seats_read']);
select policies_are('public', 'members', array['members_read', 'members_insert', 'members_update', 'members_delete']);
select policies_are('public', 'events', array['events_read', 'events_insert']);

select policy_roles_are('public', 'threads', 'threads_read', array['anon', 'authenticated']);
select policy_roles_are('public', 'events', 'events_insert', array['authenticated']);
select policy_roles_are('public', 'members', 'members_read', array['authenticated']);

select table_privs_are('public', 'profiles', 'anon', array[]::text[]);
select table_privs_are('public', 'members', 'anon', array[]::text[]);
select table_privs_are('public', 'threads', 'anon', array['SELECT']);
select table_privs_are('public', 'seeds', 'anon', array['SELECT']);
select table_privs_are('public', 'seats', 'anon', array['SELECT']);
select table_privs_are('public', 'events', 'anon', array[]::text[]);

select table_privs_are('public', 'profiles', 'authenticated', array['SELECT', 'DELETE']);
select table_privs_are('public', 'members', 'authenticated', array['SELECT', 'DELETE']);
select table_privs_are('public', 'threads', 'authenticated', array['SELECT', 'DELETE']);
select table_privs_are('public', 'seeds', 'authenticated', array['SELECT', 'INSERT']);
select table_privs_are('public', 'seats', 'authenticated', array['SELECT']);
select table_privs_are('public', 'events', 'authenticated', array['INSERT']);

select column_privs_are('public', 'events', 'body', 'anon', array['SELECT']);
select column_privs_are('public', 'events', 'user_id', 'anon', array[]::text[]);
select column_privs_are('public', 'events', 'user_id', 'authenticated', array['INSERT']);
select column_privs_are('public', 'threads', 'visibility', 'authenticated', array['SELECT', 'INSERT', 'UPDATE']);
select column_privs_are('public', 'threads', 'seq', 'authenticated', array['SELECT']);
select column_privs_are('public', 'members', 'host', 'authenticated', array['SELECT', 'INSERT', 'UPDATE']);
select column_privs_are('public', 'members', 'owner', 'authenticated', array['SELECT']);
select column_privs_are('public', 'members', 'seats', 'authenticated', array['SELECT']);
select column_privs_are('public', 'members', 'played', 'authenticated', array['SELECT']);

select function_privs_are('public', 'delete_account', array[]::text[], 'anon', array[]::text[]);
select function_privs_are('public', 'delete_account', array[]::text[], 'authenticated', array['EXECUTE']);
select function_privs_are('public', 'thread_by_id', array['uuid'], 'anon', array['EXECUTE']);
select function_privs_are('gamesock', 'append_event', array[]::text[], 'authenticated', array[]::text[]);
select schema_privs_are('gamesock', 'anon', array['USAGE']);

select * from finish();
rollback;
