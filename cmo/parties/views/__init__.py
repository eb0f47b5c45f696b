"""Pages of the parties app, by concern; each view loads what the person may see, shows a form, and calls one action."""
