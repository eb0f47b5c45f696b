"""Entrusting and agreeing: preparation, entrustments, quality agreements, holds and yearly duties of a pair.

The root of the feature apps: releases and audits read and write it through ``actions``; it knows neither.
May import: ``cmo.catalogue``, ``cmo.parties`` and everything below.
"""
