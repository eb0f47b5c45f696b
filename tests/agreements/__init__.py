"""Tests of entrustments, agreements and holds."""
