"""Road networks."""
