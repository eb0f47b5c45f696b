"""Tests of the paper of an audit report."""
