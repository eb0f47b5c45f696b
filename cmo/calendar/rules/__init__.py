"""Rules of the calendar: facts in, periods, stages and all reasons out. No query, clock, request or permission."""
