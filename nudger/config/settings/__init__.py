"""Settings: the environment, nudger.env, credentials."""
