"""Where a profile's values come from: the file, what it extends, and what a store view overrides."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mapping.checking import nearest
from mapping.compiled import FIELD_PATHS
from mapping.profile_yaml import Problem, ProfileError, Tree, read_yaml

SHIPPED = Path(__file__).parent / "profiles"
_WHOLE = frozenset({"since"})


def shipped_names() -> tuple[str, ...]:
    """The names of the shipped profiles."""
    return tuple(sorted(p.stem for p in SHIPPED.glob("*.yaml")))


def locate(named: str, beside: Path | None = None) -> tuple[Path, str]:
    """The file that a path or a shipped name means, and the name to show for it.

    Raises:
        FileNotFoundError: neither a file nor a shipped profile; the message says what there is.
    """
    path = Path(named) if beside is None else beside / named
    if path.is_file():
        return path, named
    if named in shipped_names():
        return SHIPPED / f"{named}.yaml", f"{named}.yaml"
    raise FileNotFoundError(
        f"there is no file `{named}`, nor a shipped profile of that name (shipped: {', '.join(shipped_names())})"
        f"{nearest(named, shipped_names())}"
    )


def read_chain(named: str, problems: list[Problem]) -> tuple[Tree, Tree]:
    """The effective tree and the profile's own tree, `extends` followed to its end.

    Raises:
        ProfileError: a file of the chain cannot be read at all.
    """
    try:
        path, shown = locate(named)
    except FileNotFoundError as error:
        raise ProfileError([Problem(named, 1, str(error))]) from None
    own = _read(path, shown, problems)
    if own is None:
        raise ProfileError(problems)
    effective, seen = own, {path.resolve()}
    while (base := _extends(effective, problems)) is not None:
        child, mark = base
        try:
            path, shown = locate(child, path.parent)
        except FileNotFoundError as error:
            raise ProfileError([*problems, Problem(mark.file, mark.line, f"extends: {error}")]) from None
        if path.resolve() in seen:
            raise ProfileError([*problems, Problem(mark.file, mark.line, f"extends: `{child}` extends itself")])
        seen.add(path.resolve())
        below = _read(path, shown, problems)
        if below is None:
            raise ProfileError(problems)
        effective = merge(below, _without(effective, "extends"))
    return _without(effective, "extends"), own


def merge(base: Tree, over: Tree, where: tuple[str, ...] = ()) -> Tree:
    """`over` laid on `base`: tables key by key; lists, values and fields (`FIELD_PATHS`) as a whole."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict) or where in FIELD_PATHS:
        return over
    merged = dict(base.value)
    for key, value in over.value.items():
        whole = key not in merged or key in _WHOLE
        merged[key] = value if whole else merge(merged[key], value, (*where, key))
    return Tree(merged, over.mark)


def _read(path: Path, shown: str, problems: list[Problem]) -> Tree | None:
    """As `read_yaml`; a shipped profile is read once in a process, for most shops extend one."""
    if path.parent != SHIPPED:
        return read_yaml(path, shown, problems)
    tree, found = _shipped(path, shown)
    problems += found
    return tree


@cache
def _shipped(path: Path, shown: str) -> tuple[Tree | None, tuple[Problem, ...]]:
    problems: list[Problem] = []
    return read_yaml(path, shown, problems), tuple(problems)


def _extends(tree: Tree, problems: list[Problem]) -> tuple[str, Problem] | None:
    found = tree.value.get("extends") if isinstance(tree.value, dict) else None
    if found is None:
        return None
    at = Problem(found.mark.file, found.mark.line, "extends must be `denmark`, `sandbox` or the path of a profile")
    if not isinstance(found.value, str) or not found.value:
        raise ProfileError([*problems, at])
    return found.value, at


def _without(tree: Tree, key: str) -> Tree:
    assert isinstance(tree.value, dict)  # noqa: S101  (read_yaml gives tables only)
    return Tree({k: v for k, v in tree.value.items() if k != key}, tree.mark)
