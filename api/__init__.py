"""The doors: HTTP, command line, accounts, jobs."""
