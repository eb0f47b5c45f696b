"""Shape of what people type about the calendar; business rules are the actions'."""
