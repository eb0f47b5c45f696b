"""The project package: foundation below, composition on top (see docs/architecture.md)."""
