"""Tests of the composition: the inbox over all apps, and the demo world."""
