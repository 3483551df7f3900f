"""Changing single settings in the text of a file: every other line stays as it is, and no comment is lost.

PyYAML reads no comments, but tells where in the text each key and value stands.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

import yaml

from include.settings._entered import Plain

_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#.*$", re.MULTILINE)


class NotEditableError(Exception):
    """The file is written in a way in which only a person can change it."""


class _Pair(NamedTuple):
    key: yaml.Node
    value: yaml.Node


def lines_of(changes: Mapping[str, Plain]) -> str:
    """Return some settings as YAML: the lines that have to stand in the file."""
    lines: list[str] = []
    for path, value in changes.items():
        group, _, name = path.rpartition(".")
        if group and f"{group}:" not in lines:
            lines.append(f"{group}:")
        lines.append(f"{'  ' if group else ''}{name}: {_written(value)}")
    return "\n".join(lines) + "\n"


def edited(text: str, changes: Mapping[str, Plain]) -> str:
    """Return the text of a file with some settings changed.

    A setting keeps its place; one that the file does not name is added, at its end or to its group. Raises
    NotEditableError. Whether the result says what was meant, the caller has to check: it knows what the file is for.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    for path, value in changes.items():
        text = _changed(text, path, value, newline)
    return text


def _changed(text: str, path: str, value: Plain, newline: str) -> str:
    root = _root(text)
    group, _, name = path.rpartition(".")
    line = f"{name}: {_written(value)}"
    if not group:
        pair = _pair(root, name)
        return _replaced(text, pair, value, newline) if pair else _appended(text, root, [line], newline)
    parent = _pair(root, group)
    if parent is None:
        return _appended(text, root, [f"{group}:", f"  {line}"], newline)
    inside = parent.value
    if not isinstance(inside, yaml.MappingNode) or not inside.value:
        raise NotEditableError
    if pair := _pair(inside, name):
        return _replaced(text, pair, value, newline)
    first = inside.value[0][0].start_mark
    added = f"{line}, " if inside.flow_style else f"{line}{newline}{' ' * first.column}"
    return text[: first.index] + added + text[first.index :]


def _root(text: str) -> yaml.MappingNode | None:
    root = yaml.compose(text, yaml.SafeLoader)
    if root is not None and (not isinstance(root, yaml.MappingNode) or root.flow_style):
        raise NotEditableError
    return root


def _pair(mapping: yaml.MappingNode | None, name: str) -> _Pair | None:
    """Return a key and its value; of a key that stands there twice the last one, which is the one that counts."""
    found = [_Pair(*pair) for pair in (mapping.value if mapping else ()) if pair[0].value == name]
    return found[-1] if found else None


def _appended(text: str, root: yaml.MappingNode | None, lines: list[str], newline: str) -> str:
    if re.search(r"^\.\.\.", text, re.MULTILINE):  # what comes behind is another document
        raise NotEditableError
    indent = " " * root.value[0][0].start_mark.column if root and root.value else ""
    before = text if not text or text.endswith("\n") else text + newline
    return before + "".join(f"{indent}{line}{newline}" for line in lines)


def _replaced(text: str, pair: _Pair, value: Plain, newline: str) -> str:
    node = pair.value
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return _list_replaced(text, pair, value, newline)
    if isinstance(node, yaml.MappingNode):
        raise NotEditableError
    start, end = node.start_mark.index, node.end_mark.index
    old = text[start:end]
    kept = old[len(old.rstrip()) :]  # a text of several lines ends with a line break
    if start == end:  # nothing behind the colon
        return f"{text[:start]} {_written(value)}{text[end:]}"
    result = text[:start] + _written(value) + kept + text[end:]
    if not isinstance(node, yaml.SequenceNode) or not (comments := _comments_between(text, node)):
        return result
    begin, indent = _line_start(text, pair.key.start_mark.index), " " * pair.key.start_mark.column
    return result[:begin] + "".join(f"{indent}{one}{newline}" for one in comments) + result[begin:]


def _list_replaced(text: str, pair: _Pair, value: Plain, newline: str) -> str:
    """Change a list that has a line for each entry: lines that stay keep their comments, comments of others stay."""
    items = pair.value.value
    starts = [_line_start(text, item.start_mark.index) for item in items]
    for start, item in zip(starts, items, strict=True):
        if not isinstance(item, yaml.ScalarNode) or text[start : item.start_mark.index].strip() != "-":
            raise NotEditableError
    end = text.find("\n", items[-1].end_mark.index) + 1 or len(text)
    parts = [text[a:b] for a, b in zip(starts, [*starts[1:], end], strict=True)]
    indent = parts[0][: len(parts[0]) - len(parts[0].lstrip())]
    entries = value if isinstance(value, list) else [entry for entry in str(value).split(", ") if entry]
    left: dict[str, str] = {item.value: part for item, part in zip(items, parts, strict=True)}
    lines = [left.pop(entry, f"{indent}- {_written(_as_number(entry, value))}") for entry in entries]
    gone = [item for item in items if item.value in left]
    behind = [text[item.end_mark.index : start] for item, start in zip(items, [*starts[1:], end], strict=True)]
    lines += [
        f"{indent}{one}"
        for item, rest in zip(items, behind, strict=True)
        if item in gone
        for one in _COMMENT.findall(rest)
    ]
    block = "".join(f"{line.rstrip()}{newline}" for line in lines)
    if entries:
        return text[: starts[0]] + block + text[end:]
    colon = text.index(":", pair.key.end_mark.index) + 1
    return f"{text[:colon]} {_written([])}{text[colon : starts[0]]}{block}{text[end:]}"


def _as_number(entry: str, value: Plain) -> Plain:
    """Return an entry of a property range as the number that it is, one of a list of names as it is."""
    is_number = not isinstance(value, list) and re.fullmatch("[1-9][0-9]*", entry)
    return int(entry) if is_number else entry


def _comments_between(text: str, node: yaml.SequenceNode) -> list[str]:
    marks = [node.start_mark.index + 1]
    for item in node.value:
        marks += [item.start_mark.index, item.end_mark.index]
    marks.append(node.end_mark.index)
    gaps = [text[a:b] for a, b in zip(marks[::2], marks[1::2], strict=True)]
    return [one.rstrip() for gap in gaps for one in re.findall(r"#.*$", gap, re.MULTILINE)]


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _written(value: Plain) -> str:
    """Return a value as YAML on one line."""
    dumped: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=float("inf"))
    return dumped.removesuffix("\n").removesuffix("\n...")
