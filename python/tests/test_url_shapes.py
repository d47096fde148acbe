"""Shapes of real URL patterns: whatever Django would match below a URL, a shape has to match as well."""

import itertools
import re
import types

import pytest

django = pytest.importorskip('django')
from django.urls import URLPattern, URLResolver, include, path, re_path  # noqa: E402
from django.urls.resolvers import RegexPattern, RoutePattern  # noqa: E402

from portico_worker.detection.url_shapes import TooManyPatterns, claims, covers  # noqa: E402


def view(request, **kwargs):
    raise AssertionError


def resolver(*patterns):
    return URLResolver(RegexPattern(r'^/'), types.SimpleNamespace(urlpatterns=list(patterns)))


def shapes(*patterns, url='/media/'):
    return [
        (claim.shape['prefix'], claim.shape['spans'], claim.shape['suffix'])
        for claim in claims(resolver(*patterns), url)
    ]


def matches(shape, text):
    between = {'nothing': '', 'word': '[^/.]*', 'segment': '[^/]*', 'path': '(?s:.*)'}[shape['spans']]
    return re.fullmatch(re.escape(shape['prefix']) + between + re.escape(shape['suffix']), text) is not None


SHAPES = {
    'a route': (path('media/private/<path:name>', view), [('/media/private/', 'path', '')]),
    'a literal': (path('media/js/urls.js', view), [('/media/js/urls.js', 'nothing', '')]),
    'a word': (path('media/<slug:name>.js', view), [('/media/', 'word', '.js')]),
    'a segment': (path('media/<name>.js', view), [('/media/', 'segment', '.js')]),
    'any text': (re_path(r'^media/(.+)$', view), [('/media/', 'path', '')]),
    'the whole': (path('media/<path:name>', view), [('/media/', 'path', '')]),
    'a folder': (path('media/<slug:name>/', view), []),
    'another': (path('blog/<path:name>', view), []),
    'part of a name': (path('med', view), []),
    'a catch-all': (path('<path:name>', view), [('/media/', 'path', '')]),
    'a catch-all expression': (re_path(r'^.*$', view), [('/media/', 'path', '')]),
    'an expression that is not anchored': (re_path(r'private', view), [('/media/', 'path', '')]),
    'one without an end': (re_path(r'^media/private', view), [('/media/private', 'path', '')]),
    'one whose end is no end': (re_path(r'^media/a\$', view), [('/media/a$', 'path', '')]),
    'pages of Wagtail': (re_path(r'^((?:[\w\-]+/)*)$', view), []),
    'pages of folders': (path('<slug:one>/<slug:two>/', view), []),
    'two words': (path('<slug:one>/<slug:two>', view), [('/media/', 'word', '')]),
    'an include': (path('media/', include([path('x/<int:id>', view)])), [('/media/x/', 'word', '')]),
    'an expression in an include': (
        re_path(r'^media/', include([re_path(r'^x/(\d+)$', view)])),
        [('/media/x/', 'word', '')],
    ),
    'branches': (
        re_path(r'^(static|media)/private/(?P<name>.*)$', view),
        [('/media/private/', 'path', '')],
    ),
    'an optional part': (
        re_path(r'^media/(v1/)?a\.js$', view),
        [('/media/a.js', 'nothing', ''), ('/media/v1/a.js', 'nothing', '')],
    ),
    'another case': (re_path(r'(?i)^MEDIA/x$', view), [('/media/', 'path', '')]),
    'an assertion': (re_path(r'^(?!static)(.*)\.html$', view), [('/media/', 'path', '.html')]),
    'a class': (re_path(r'^media/[^/]+$', view), [('/media/', 'segment', '')]),
    'a class without a dot': (re_path(r'^media/[\w-]{3,9}/x$', view), [('/media/', 'word', '/x')]),
    'a class of all but a letter': (re_path(r'^media/[^q]+$', view), [('/media/', 'path', '')]),
    'a number': (re_path(r'^m[a-z]+/(\d+)$', view), [('/media/', 'word', '')]),
}


@pytest.mark.parametrize('name', SHAPES)
def test_shapes(name):
    pattern, expected = SHAPES[name]
    assert sorted(shapes(pattern)) == expected


PATHS = [
    f'/media/{"/".join(parts)}'
    for count in (1, 2, 3)
    for parts in itertools.product(('a', 'x', 'a.js', 'a$', 'private', 'v1', 'q-1.jpg', '12', 'MEDIA'), repeat=count)
]


@pytest.mark.parametrize('name', SHAPES)
def test_what_django_matches_a_shape_matches(name):
    root = resolver(SHAPES[name][0])
    found = [claim.shape for claim in claims(root, '/media/')]
    for text in PATHS:
        try:
            root.resolve(text)
        except django.urls.Resolver404:
            continue
        assert any(matches(shape, text) for shape in found), text


def test_a_claim_is_particular_if_its_pattern_names_the_url():
    found = list(claims(resolver(path('static/<path:a>', view, {'x': 1}), path('<path:a>', view)), '/static/'))
    assert [(claim.is_particular, covers(claim.shape, '/static/'), claim.arguments) for claim in found] == [
        (True, True, {'x': 1}),
        (False, True, {}),
    ]
    assert found[0].text == '/static/<path:a>'
    assert found[0].callback is view


class AnyCase(RoutePattern):
    def match(self, path):
        return super().match(path.lower())


def with_converter(text, regex):
    """A resolver as if the project had registered a converter under a name of Django's."""
    pattern = path(text, view)
    pattern.pattern.converters['x'] = types.SimpleNamespace(regex=regex)
    return pattern


@pytest.mark.parametrize(
    ('pattern', 'expected'),
    [
        (with_converter('media/<slug:x>', r'.+'), ('/media/', 'path', '')),
        (with_converter('media/<x>', r'[a-z]+/[a-z.]+'), ('/media/', 'path', '')),
        (with_converter('media/<path:x>', r'[0-9]{4}'), ('/media/', 'word', '')),
        (with_converter('media/<int:x>', r'[0-9]+\.jpg'), ('/media/', 'segment', '')),
        (URLPattern(AnyCase('media/private'), view), ('/media/', 'path', '')),
    ],
)
def test_a_pattern_is_judged_by_what_it_does_and_not_by_its_name(pattern, expected):
    assert shapes(pattern) == [expected]


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        (r'^media/(?P<path>.*)$', [True]),
        (r'^media/(?:v1/)?(?P<path>.*)$', [True, False]),
        (r'^media/v1/(?P<path>.*)$', [False]),
        (r'^media/\d+/(?P<path>.*)$', [False]),
        (r'^(?P<path>.*)$', [False]),
        (r'^media/(?P<path>.*)\.jpg$', [False]),
    ],
)
def test_what_a_pattern_hands_on_is_the_path_of_the_file(text, expected):
    assert [claim.is_exact for claim in claims(resolver(re_path(text, view)), '/media/')] == expected


def test_a_project_with_too_many_patterns_is_not_read(monkeypatch):
    monkeypatch.setattr('portico_worker.detection.url_shapes.PATTERNS_MAX', 3)
    with pytest.raises(TooManyPatterns):
        shapes(*[path(f'{index}', view) for index in range(4)])
