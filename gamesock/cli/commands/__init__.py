"""The commands as they are typed: names, arguments, options and their help; each calls what does it."""
