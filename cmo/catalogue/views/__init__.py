"""Pages of devices and screening; each view loads what the person may see, shows a form, and calls one action."""
