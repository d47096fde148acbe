"""Where a name is parted into module and expression."""

import pytest

from portico_worker.finding.app_name import split_name


# src/supervisor/app-name.test.ts has the same names.
@pytest.mark.parametrize(
    ('name', 'target', 'expression'),
    [
        ('', '', ''),
        ('shop', 'shop', ''),
        ('shop:app', 'shop', 'app'),
        ('shop:', 'shop', ''),
        (':app', '', 'app'),
        ('shop:api.wsgi', 'shop', 'api.wsgi'),
        ('shop:create_app("http://a:b/c")', 'shop', 'create_app("http://a:b/c")'),
        ('shop:create_app("http://a"', 'shop', 'create_app("http://a"'),
        ('shop:app[0]', 'shop', 'app[0]'),
        ('shop:a b', 'shop', 'a b'),
        ('src/shop.py:app', 'src/shop.py', 'app'),
        ('/srv/shop (1)/app.py:app', '/srv/shop (1)/app.py', 'app'),
        ('sites/a:b/wsgi.py', 'sites/a:b/wsgi.py', ''),
        ('sites/a:b/wsgi.py:app', 'sites/a:b/wsgi.py', 'app'),
        ('sites/a:b (1)/wsgi.py:create_app()', 'sites/a:b (1)/wsgi.py', 'create_app()'),
        ('sites/a:b/wsgi.py:create_app("c:d")', 'sites/a:b/wsgi.py', 'create_app("c:d")'),
        ('sites/a:b.py', 'sites/a:b.py', ''),
        ('sites/a:b.py:app', 'sites/a:b.py', 'app'),
        ('a:b/', 'a:b/', ''),
        ('./a:b', './a', 'b'),
    ],
)
def test_the_parts_of_a_name(name, target, expression):
    assert split_name(name) == (target, expression)
