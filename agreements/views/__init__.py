"""Pages of the agreements app: load the visible record, show a form, call exactly one action, redirect."""
