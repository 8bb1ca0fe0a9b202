"""From a spec's bytes to a Case: what may come in, what it means, and what it asks of an app."""
