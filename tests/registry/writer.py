"""A process that writes to a registry and tells what has been acknowledged, until it is killed."""

from __future__ import annotations

import sys

from custid.registry import open_registry


def main(address: str, name: str, n_changes: int) -> None:
    """Write changes of several records each; print a line for each that has been acknowledged."""
    with open_registry(address) as registry:
        for number in range(n_changes):
            keys = [(name, f"{number}.{each}") for each in range(6)]
            change = registry.apply(
                [keys[:4], keys[4:]], contents={key: {"text": "x" * 200} for key in keys}, request=f"{name}.{number}"
            )
            if change is None:
                raise AssertionError("nothing changed")
            print(number, change.token, registry.id_of(keys[0]), flush=True)  # noqa: T201  # what the parent reads


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
