"""Copies of games in a Supabase project: the store's log goes there as its players, and comes back from there."""
