"""Tests of the calendar, its feeds and working days (a folder named calendar would hide the library of that name)."""
