"""Where threads' event logs are kept."""
