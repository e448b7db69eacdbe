"""What live records say, and a matcher of all of them, before any transaction needs them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Self

from attrs import frozen

from custid.registry.contents import Content
from custid.registry.feeds import by_source
from custid.registry.keyed_rows import KeyedRows
from custid.registry.matcher import Matcher
from custid.registry.record_keys import RecordKey
from custid.registry.rows import Row
from custid.registry.store import ReadTransaction
from custid.registry.typed_feeds import AnyFeed, feed_for_contents

__all__ = ["Prepared", "Said"]


@frozen(kw_only=True)
class Said:
    """What some live records say, read from a store.

    Attributes
    ----------
    keys : collection of RecordKey
        The records; one without content says nothing.
    contents : Mapping of str to Mapping of RecordKey to Content
        Contents by source.
    feeds : Mapping of str to Feed
        What the sources' contents mean, of those heard of.
    """

    keys: Collection[RecordKey]
    contents: Mapping[str, Mapping[RecordKey, Content]]
    feeds: Mapping[str, AnyFeed]

    @classmethod
    def of(
        cls,
        transaction: ReadTransaction,
        keys: Collection[RecordKey],
        feed_of: Callable[[ReadTransaction, str], AnyFeed | None],
    ) -> Self:
        """Return what live records say."""
        contents = by_source(transaction.contents(keys))
        feeds = {source: feed_of(transaction, source) for source in contents}
        known = {source: feed for source, feed in feeds.items() if feed is not None}
        return cls(keys=keys, contents=contents, feeds=known)

    def rows(self) -> tuple[KeyedRows, tuple[AnyFeed, ...]]:
        """Return what the records mean, and what the contents of sources not heard of were found to mean."""
        stated = {key for contents in self.contents.values() for key in contents}
        found, new = [KeyedRows.of({key: Row() for key in self.keys if key not in stated})], []
        for source, contents in self.contents.items():
            feed = self.feeds.get(source)
            if feed is None:
                feed = feed_for_contents(source, contents)
                new.append(feed)
            found.append(feed.rows_of(contents))
        return KeyedRows.joined(found), tuple(new)


@frozen(kw_only=True, eq=False)
class Prepared:
    """A matcher of all records as they were, made outside of any transaction.

    Attributes
    ----------
    matcher : Matcher
        The matcher.
    texts : tuple of str
        Model and options as they are kept.
    position : tuple of (int, str)
        Number and digest of the last change that the matcher knows.
    feeds : tuple of Feed
        What contents of sources not heard of were found to mean.
    """

    matcher: Matcher
    texts: tuple[str, str]
    position: tuple[int, str]
    feeds: tuple[AnyFeed, ...]
