"""Management commands of the composition: reference loading and the demo world."""
