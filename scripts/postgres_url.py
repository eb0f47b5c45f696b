"""Print the address of a PostgreSQL server for the tests; exit 1 when none answers.

`DATABASE_URL` wins when it names PostgreSQL; otherwise the loopback server with the roles `postgres` and `ci` is tried.
"""

import os
import sys

import psycopg

LOOPBACK = ("postgres://postgres@127.0.0.1:5432/postgres", "postgres://ci@127.0.0.1:5432/ci")


def candidates() -> tuple[str, ...]:
    chosen = os.environ.get("DATABASE_URL", "")
    return (chosen,) if chosen.startswith(("postgres://", "postgresql://")) else LOOPBACK


def main() -> int:
    """Print the first address that answers."""
    for url in candidates():
        try:
            with psycopg.connect(url, connect_timeout=3):
                print(url)
                return 0
        except psycopg.OperationalError:
            continue
    return 1


if __name__ == "__main__":
    sys.exit(main())
