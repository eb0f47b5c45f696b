"""Tests of devices and the prohibited catalogue."""
