"""String metrics as their papers put them, in plain Python."""

from __future__ import annotations

from functools import cache

__all__ = [
    "jaro_winkler_similarity",
    "levenshtein_distance",
    "osa_distance",
    "qgram_similarity",
    "token_set_similarity",
]


def jaro_winkler_similarity(left: str, right: str) -> float:
    """Return the similarity: Jaro (1989), with Winkler's (1990) adjustment for the first characters."""
    if left == right:
        return 1.0
    reach = max(len(left), len(right)) // 2 - 1
    partner: dict[int, int] = {}
    for i, character in enumerate(left):
        free = [
            j
            for j, other in enumerate(right)
            if other == character and abs(i - j) <= max(reach, 0) and j not in partner.values()
        ]
        if free:
            partner[i] = min(free)
    common = len(partner)
    if common == 0:
        return 0.0
    left_order = [left[i] for i in sorted(partner)]
    right_order = [right[j] for j in sorted(partner.values())]
    transpositions = sum(a != b for a, b in zip(left_order, right_order, strict=True)) // 2
    jaro = (common / len(left) + common / len(right) + (common - transpositions) / common) / 3
    if jaro <= 0.7:
        return jaro
    prefix = 0
    for a, b in zip(left[:4], right[:4], strict=False):
        if a != b:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)


def osa_distance(left: str, right: str) -> int:
    """Return the distance by the recurrence of Boytsov (2011), without edits of edited parts."""

    @cache
    def of_prefixes(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return max(i, j)
        ways = [
            of_prefixes(i - 1, j) + 1,
            of_prefixes(i, j - 1) + 1,
            of_prefixes(i - 1, j - 1) + (left[i - 1] != right[j - 1]),
        ]
        if i > 1 and j > 1 and left[i - 2 : i] == right[j - 1] + right[j - 2]:
            ways.append(of_prefixes(i - 2, j - 2) + 1)
        return min(ways)

    # Short prefixes first, so that the recursion never goes deep.
    for i in range(len(left) + 1):
        for j in range(len(right) + 1):
            of_prefixes(i, j)
    return of_prefixes(len(left), len(right))


def levenshtein_distance(left: str, right: str) -> int:
    """Return the distance without swaps: Wagner and Fischer (1974), row by row."""
    above = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        row = [i]
        for j, b in enumerate(right, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b)))
        above = row
    return above[-1]


def token_set_similarity(left: str, right: str) -> float:
    """Return the greatest of the three ratios of the words of both strings and of those of one alone."""
    first, second = set(left.split()), set(right.split())
    if not first or not second:
        return 0.0
    shared = " ".join(sorted(first & second))
    only_left, only_right = " ".join(sorted(first - second)), " ".join(sorted(second - first))
    if shared and not (only_left and only_right):
        return 1.0
    with_left, with_right = f"{shared} {only_left}".strip(), f"{shared} {only_right}".strip()
    edits = len(only_left) + len(only_right) - 2 * _common_subsequence(only_left, only_right)
    ratios = [1 - edits / (len(with_left) + len(with_right))]
    if shared:
        pairs = ((len(whole), len(shared)) for whole in (with_left, with_right))
        ratios.extend(1 - (whole - part) / (whole + part) for whole, part in pairs)
    return max(ratios)


def qgram_similarity(left: str, right: str, q: int, coefficient: str) -> float:
    """Return Dice's or Jaccard's coefficient of the sets of parts of q characters, or of whole shorter strings."""
    first, second = (
        {string[i : i + q] for i in range(max(len(string) - q + 1, min(len(string), 1)))} for string in (left, right)
    )
    if not first | second:
        return 1.0
    if coefficient == "dice":
        return 2 * len(first & second) / (len(first) + len(second))
    return len(first & second) / len(first | second)


def _common_subsequence(left: str, right: str) -> int:
    above = [0] * (len(right) + 1)
    for a in left:
        row = [0]
        for j, b in enumerate(right, start=1):
            row.append(above[j - 1] + 1 if a == b else max(above[j], row[j - 1]))
        above = row
    return above[-1]
