"""``python -m custid``: the command, where the scripts of the environment are not on the path."""

from __future__ import annotations

from custid.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
