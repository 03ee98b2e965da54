"""The player's account: which Supabase project, who is signed in there, and where that is kept."""
