"""Template filters of the parties app."""
