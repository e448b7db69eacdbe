"""JSON text, read without what RFC 8259 does not know or leaves open."""

from __future__ import annotations

import json
from typing import Any

from custid.errors import StructureError

__all__ = ["parse_json"]


def parse_json(text: str | bytes) -> Any:
    """Return what a JSON text holds; refuse what RFC 8259 does not know or leaves open."""
    problem = ""
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        return json.loads(decoded, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except StructureError:
        raise
    except RecursionError:
        problem = "document: expected a few levels, got more than can be read."
    except UnicodeDecodeError:
        problem = "document: expected UTF-8, got other bytes."
    except json.JSONDecodeError as error:
        problem = f"document: expected JSON, got other text at line {error.lineno}, column {error.colno}."
    except ValueError:
        problem = "document: expected numbers of a usual length, got a longer one."
    raise StructureError(problem)


def _refuse_constant(name: str) -> None:
    raise StructureError(f"document: expected finite numbers, got {name}.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise StructureError("document: expected each key of an object once, got one twice.")
    return made
