"""Which paths below a URL could be matched by the URL patterns of a Django project. A pattern is taken apart into
literals and wildcards. A wildcard stands for more than what it was written for, never for less: to ask the
application for a path that is not its own costs time, while to serve a path on which it decides would give its files
to anybody."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from .facts import Shape

if sys.version_info >= (3, 11):
    from re import _parser as _regex  # type: ignore[attr-defined]
else:
    import sre_parse as _regex

WORD, SEGMENT, PATH, FOLDERS = '\0word', '\0segment', '\0path', '\0folders'
"""Wildcards: text without a slash and a dot, without a slash, of any kind; and folders, which is '' or ends with a slash. The NUL tells
them from literals, which as text of a path never have one."""

ALTERNATIVES_MAX = 16
"""How many alternatives of one pattern are told apart; a pattern with more is taken for a wildcard."""
PATTERNS_MAX = 50_000
"""How many patterns are looked at. A project with more is asked for everything."""

_CONVERTER = re.compile(r'<(?:[^>:]*:)?([^>]*)>')
_PATTERNS = frozenset(('RoutePattern', 'RegexPattern', 'LocalePrefixPattern'))
"""Classes of django.urls.resolvers. A class that inherits from one of them may match in a way of its own."""


Parts = tuple[str, ...]
"""The parts of a pattern: literals and wildcards."""


class Claim(NamedTuple):
    """What a pattern could match below a URL."""

    shape: Shape
    is_particular: bool
    """The pattern names the URL; it does not just match everything."""
    is_exact: bool
    """The pattern takes all that is below the URL, and nothing else, as one parameter, and calls the view with it."""
    callback: Any
    arguments: dict[str, Any]
    text: str


class TooManyPatterns(Exception):
    pass


def claims(resolver: Any, url: str) -> Iterator[Claim]:
    """The claims of a URLResolver and of what it includes. `url` begins and ends with a slash."""
    for count, (parts, text, pattern, is_plain) in enumerate(_leaves(resolver, ('/',), '/')):
        if count >= PATTERNS_MAX:
            raise TooManyPatterns
        literal = _first_literal(parts)
        is_particular = literal.startswith(url)
        is_exact = is_plain and literal == url and [part for part in parts if _is_wild(part)] == [PATH] == [parts[-1]]
        for rest in _below(parts, url):
            if _may_name_a_file(rest):
                shape = _shape(rest, url)
                yield Claim(shape, is_particular, is_exact, pattern.callback, pattern.default_args or {}, text)


def covers(shape: Shape, url: str) -> bool:
    """Whether the claim takes all that lies below `url`."""
    return shape['prefix'] == url and shape['suffix'] == '' and shape['spans'] == PATH[1:]


def _leaves(resolver: Any, before: Parts, text: str, is_plain: bool = True) -> Iterator[tuple[Parts, str, Any, bool]]:
    for pattern in resolver.url_patterns:
        whole = f'{text}{pattern.pattern}'
        is_include = hasattr(pattern, 'url_patterns')
        # A resolver or pattern of another kind may call something else than its view, such as one that asks for a
        # login.
        stays_plain = is_plain and _is_of_django(pattern, ('URLResolver', 'URLPattern'))
        for parts in _alternatives(pattern.pattern, is_include):
            if is_include:
                yield from _leaves(pattern, before + parts, whole, stays_plain)
            else:
                yield before + parts, whole, pattern, stays_plain


def _is_of_django(item: Any, names: Collection[str]) -> bool:
    kind = type(item)
    return kind.__module__ == 'django.urls.resolvers' and kind.__name__ in names


def _alternatives(pattern: Any, is_include: bool) -> list[Parts]:
    route, regex = getattr(pattern, '_route', None), getattr(pattern, '_regex', None)
    if not _is_of_django(pattern, _PATTERNS):
        return [(PATH,)]
    if type(route) is str:
        return [_parts_of_route(route, pattern.converters)]
    if type(regex) is str:
        return _parts_of_regex(regex, is_include)
    if type(pattern).__name__ == 'LocalePrefixPattern':
        return _languages(pattern)
    return [(PATH,)]  # A pattern of another kind, such as one that is translated, may match anything.


def _parts_of_route(route: str, converters: dict[str, Any]) -> Parts:
    parts: list[str] = []
    at = 0
    for match in _CONVERTER.finditer(route):
        # A converter is judged by what it matches: a project may have given one of its own the name of one of Django's.
        parts += [route[at : match.start()], _kind_of_regex(getattr(converters.get(match[1]), 'regex', None))]
        at = match.end()
    return tuple(part for part in (*parts, route[at:]) if part)


def _kind_of_regex(regex: Any) -> str:
    if type(regex) is not str:
        return PATH
    parts = [part for choice in _parts_of_regex(f'^(?:{regex})$', False) for part in choice]
    return _widest({_kind_of(part) for part in parts})


def _languages(pattern: Any) -> list[Parts]:
    from importlib import import_module

    codes = [code for code, _ in import_module('django.conf').settings.LANGUAGES]
    prefixes: list[Parts] = [(f'{code}/',) for code in codes]
    return prefixes if getattr(pattern, 'prefix_default_language', True) else [(), *prefixes]


def _parts_of_regex(regex: str, is_include: bool) -> list[Parts]:
    try:
        tree: Any = _regex.parse(regex)
        if tree.state.flags & re.IGNORECASE or '\0' in regex:
            return [(PATH,)]
        items = list(tree)
        found = _sequences(items)
    except Exception:
        return [(PATH,)]
    # Django searches for the expression: without ^ anything may come before, without $ anything after. What is included
    # goes on right behind it.
    before: Parts = () if items and str(items[0][1]).startswith('AT_BEGINNING') else (PATH,)
    behind: Parts = () if is_include or (items and str(items[-1][1]).startswith('AT_END')) else (PATH,)
    return [before + parts + behind for parts in found]


def _sequences(items: list[Any]) -> list[Parts]:
    found: list[Parts] = [()]
    for operator, argument in items:
        choices = _choices(str(operator), argument)
        if len(found) * len(choices) > ALTERNATIVES_MAX:
            choices = [(PATH,)]
        found = [parts + choice for parts in found for choice in choices]
    return found


def _choices(operator: str, argument: Any) -> list[Parts]:
    if operator == 'LITERAL':
        return [(chr(argument),)]
    if operator in ('AT', 'ASSERT', 'ASSERT_NOT'):
        return [()]  # This item matches no character.
    if operator == 'SUBPATTERN' and not argument[1] and not argument[2]:
        return _sequences(list(argument[3]))
    if operator == 'BRANCH':
        return [parts for branch in argument[1] for parts in _sequences(list(branch))]
    if operator in ('MAX_REPEAT', 'MIN_REPEAT', 'POSSESSIVE_REPEAT'):
        return _repeated(argument[0], argument[1], list(argument[2]))
    if operator in ('IN', 'NOT_LITERAL', 'ANY', 'CATEGORY'):
        return [(_kind_of_character(operator, argument),)]
    return [(PATH,)]  # References, and what Python may yet learn, may match anything.


def _repeated(least: int, most: int, items: list[Any]) -> list[Parts]:
    inner = _sequences(items)
    if most == 1:
        return inner if least == 1 else [(), *inner]
    if len(inner) == 1 and inner[0] and inner[0][-1] == '/':
        return [(FOLDERS,)]
    return [(_widest({_kind_of(part) for parts in inner for part in parts}),)]


def _kind_of_character(operator: str, argument: Any) -> str:
    if operator == 'NOT_LITERAL':
        return SEGMENT if chr(argument) == '/' else PATH
    if operator != 'IN':
        return PATH
    return SEGMENT if _has(argument, '.') and not _has(argument, '/') else PATH if _has(argument, '/') else WORD


def _has(members: list[Any], character: str) -> bool:
    is_negated = bool(members) and str(members[0][0]) == 'NEGATE'
    code = ord(character)
    is_member = False
    for operator, argument in members[1:] if is_negated else members:
        name = str(operator)
        if name == 'LITERAL':
            is_member |= argument == code
        elif name == 'RANGE':
            is_member |= argument[0] <= code <= argument[1]
        else:  # A category: the negated ones match a slash and a dot.
            is_member |= '_NOT_' in str(argument)
    return is_member != is_negated


def _is_wild(part: str) -> bool:
    return part.startswith('\0')


def _kind_of(part: str) -> str:
    """The narrowest wildcard that stands for a set of characters."""
    return part if _is_wild(part) else PATH if '/' in part else SEGMENT if '.' in part else WORD


def _widest(kinds: set[str]) -> str:
    return PATH if kinds & {PATH, FOLDERS} else SEGMENT if SEGMENT in kinds else WORD


def _first_literal(parts: Parts) -> str:
    text = ''
    for part in parts:
        if _is_wild(part):
            break
        text += part
    return text


def _below(parts: Parts, url: str) -> set[Parts]:
    """What of a pattern can be left when it has matched `url`."""
    found: set[Parts] = set()
    seen: set[tuple[int, str]] = set()
    states = [(0, url)]
    while states:
        index, left = states.pop()
        if (index, left) in seen:
            continue
        seen.add((index, left))
        if left == '':
            found.add(parts[index:])
        elif index < len(parts):
            states += _steps(parts, index, left, found)
    return found


def _steps(parts: Parts, index: int, left: str, found: set[Parts]) -> list[tuple[int, str]]:
    part = parts[index]
    if not _is_wild(part):
        if left.startswith(part):
            return [(index + 1, left[len(part) :])]
        if part.startswith(left):
            found.add((part[len(left) :], *parts[index + 1 :]))
        return []
    if part in (WORD, SEGMENT):
        most = left.index('/')  # There is a slash: URLs of folders end with one.
    else:
        found.add(parts[index:])
        most = len(left) - 1  # What was just added includes that the wildcard takes all of `left`.
    return [(index + 1, left[count:]) for count in range(most + 1)]


def _may_name_a_file(parts: Parts) -> bool:
    """Whether the pattern can match the path of a file: text that is not empty and does not end with a slash."""
    for part in reversed(parts):
        if _is_wild(part):
            if part != FOLDERS:
                return True
        elif part:
            return not part.endswith('/')
    return False


def _shape(parts: Parts, url: str) -> Shape:
    wild = [index for index, part in enumerate(parts) if _is_wild(part)]
    if not wild:
        return {'prefix': url + ''.join(parts), 'suffix': '', 'spans': 'nothing'}
    first, last = wild[0], wild[-1]
    between = {_kind_of(part) for part in parts[first : last + 1]}
    return {
        'prefix': url + ''.join(parts[:first]),
        'suffix': ''.join(parts[last + 1 :]),
        'spans': _widest(between)[1:],
    }
