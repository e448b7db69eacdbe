"""Opening a registry by its address."""

from __future__ import annotations

import os
from typing import Any

from custid.errors import ConfigurationError
from custid.registry.memory_store import MemoryStore
from custid.registry.registry import Registry
from custid.registry.saved_state import state_beside
from custid.registry.store import Store

__all__ = ["open_registry", "open_store"]

_MEMORY = ("memory", ":memory:")
_POSTGRESQL = ("postgresql:", "postgresql+psycopg:", "postgres:")


def open_registry(where: str | os.PathLike[str], **settings: Any) -> Registry:
    """Open a registry, or make a new one.

    Parameters
    ----------
    where : path or str
        A file, which SQLite keeps; ``"postgresql://user@host/database"``; or ``"memory"``.
    **settings
        The other parameters of `Registry`, and ``patience`` of the store.  The state of a registry in a file is kept
        beside it, in the directory of the same name with ``.state`` behind, unless ``state`` names another one; with
        None nothing is saved.  Of a link, it is the file that counts.

    Returns
    -------
    Registry
        To be closed after use, by ``with`` or by its method ``close``.

    Raises
    ------
    StoreError
        If it cannot be opened.
    StoreFormatError
        If it is of another kind or of a newer release.
    ConfigurationError
        If it was made with another scheme of identifiers, the address is that of another database, or no file can have
        such a name.
    MissingDependencyError
        If the driver of PostgreSQL is not installed.

    Examples
    --------
    >>> with open_registry("memory") as registry:
    ...     change = registry.apply([[("crm", "1")]])
    >>> change.number
    1
    """
    patience = {"patience": settings.pop("patience")} if "patience" in settings else {}
    store = open_store(where, **patience)
    if "state" not in settings and _is_file(where):
        settings["state"] = state_beside(where)
    try:
        return Registry(store, **settings)
    except BaseException:
        store.close()
        raise


def _is_file(where: str | os.PathLike[str]) -> bool:
    """Tell whether an address is that of a file."""
    return not isinstance(where, str) or not (where in _MEMORY or "://" in where or where.startswith(_POSTGRESQL))


def _can_be_named(where: object) -> bool:
    """Tell whether a file can have such a name."""
    name = os.fspath(where) if isinstance(where, os.PathLike) else where
    try:
        return isinstance(name, str) and name != "" and b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        return False


def open_store(where: str | os.PathLike[str], **settings: Any) -> Store:
    """Open what keeps a registry.

    Parameters
    ----------
    where : path or str
        As in :func:`open_registry`.
    **settings
        ``patience``: seconds during which conflicts with other writers are retried.

    Returns
    -------
    Store
        To be closed after use.

    Raises
    ------
    ConfigurationError
        If the address is that of another database than PostgreSQL, or no file can have such a name.
    """
    if isinstance(where, str) and where in _MEMORY:
        return MemoryStore()
    if isinstance(where, str) and where.startswith(_POSTGRESQL):
        from custid.registry.sql.postgresql import open_postgresql  # noqa: PLC0415  # loads SQLAlchemy

        return open_postgresql(where, **settings)
    if isinstance(where, str) and not _is_file(where):
        # An address may hold a password; what stands before the mark does not.
        raise ConfigurationError(
            f"registry: expected a file, 'memory' or postgresql://…, got an address of {where.partition('://')[0]!r}.",
            hint="A SQLite file is named by its path alone.",
        )
    if not _can_be_named(where):
        raise ConfigurationError(
            "registry: expected the name of a file, 'memory' or postgresql://…, got what no file can be named.",
            hint="A name is a text or a path, without a NUL or half of a surrogate pair.",
        )
    from custid.registry.sql.sqlite import open_sqlite  # noqa: PLC0415  # loads SQLAlchemy

    return open_sqlite(where, **settings)
