"""The agreement as a Word file that goes out with content controls, and what comes back in it."""
