"""How Sphinx makes the site of the pages in this folder. `make docs` runs it; every warning is an error there."""

import os
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent

project = 'Portico'
author = 'the authors of Portico'
release = re.search(r'"version": "([^"]+)"', (REPOSITORY / 'package.json').read_text()).group(1)
version = release

extensions = ['myst_parser', 'sphinx_copybutton']
source_suffix = {'.md': 'markdown'}
root_doc = 'index'
exclude_patterns = ['_static', 'plans']
language = 'en'
nitpicky = True
# Two dashes begin a flag, also in running text.
smartquotes = False

# Anchors of headings down to ###, named as in the pages' links.
myst_heading_anchors = 3

html_theme = 'furo'
html_title = f'Portico {release}'
html_static_path = ['_static']
html_css_files = ['portico.css']
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {
    'source_repository': '',
    'navigation_with_keys': False,
    'light_css_variables': {'color-brand-primary': '#0b5d8a', 'color-brand-content': '#0b5d8a'},
    'dark_css_variables': {'color-brand-primary': '#6cc0ee', 'color-brand-content': '#6cc0ee'},
}
# The prompt of shell blocks is no part of what is copied.
copybutton_prompt_text = '$ '
copybutton_exclude = '.linenos, .gp'

# The table of contents: captions with their pages. It stands here and not in index.md, whose readers elsewhere could make nothing of it.
CONTENTS = {
    'Start': [
        'install',
        'Django <quickstart/django>',
        'Flask <quickstart/flask>',
        'FastAPI <quickstart/fastapi>',
    ],
    'Deploy': [
        'systemd <deploy/systemd>',
        'Docker <deploy/containers>',
        'deploy/proxy',
        'deploy/nginx',
        'deploy/caddy',
        'deploy/cloud',
    ],
    'Run': [
        'guide/finding',
        'guide/running',
        'guide/commands',
        'guide/server-in-a-file',
        'guide/proxying',
        'guide/streams',
        'guide/developing',
        'guide/testing',
        'guide/application',
        'guide/workers',
        'guide/asgi',
        'guide/static-files',
        'guide/tls',
        'guide/logs',
        'guide/stats',
        'guide/load',
        'guide/tuning',
        'guide/security',
        'guide/regular-expressions',
        'guide/users-and-files',
    ],
    'When something is wrong': [
        'troubleshooting/index',
    ],
    'From other servers': [
        'moving/gunicorn',
        'moving/uwsgi',
        'moving/uwsgi-module',
        'moving/uvicorn',
        'moving/asgi-servers',
        'moving/nginx',
        'moving/nginx-check',
        'moving/nginx-files',
        'moving/nginx-applications',
        'moving/nginx-bodies',
        'moving/nginx-logs',
        'moving/nginx-connections',
        'moving/nginx-upstreams',
        'moving/nginx-requests',
    ],
    'Reference': [
        'reference/serve',
        'reference/portico-toml',
        'reference/nginx',
        'reference/gunicorn',
        'reference/uwsgi',
        'reference/uvicorn',
        'reference/daphne',
        'reference/hypercorn',
    ],
    'For developers': [
        'architecture',
        'lanes',
        'control',
        'dependencies',
        'nginx-conformance',
        'nginx-beside',
        'smuggling-conformance',
        'tls-conformance',
        'upstream-faults',
    ],
}
# Pages below another one.
BELOW = {
    'troubleshooting/index': ['starting', 'application', 'running', 'error-log', 'commands', 'uwsgi'],
}

# Where the files outside of this folder can be read that pages link to. Without it such links are plain text in the site.
SOURCE_URL = os.environ.get('PORTICO_SOURCE_URL', '')


class LinksOutside(SphinxTransform):
    """Links to files of the repository that are no pages lead to its source, wherever that can be read."""

    # Before MyST looks for the target among the pages.
    default_priority = 1

    def apply(self) -> None:
        folder = Path(self.document['source']).parent
        for link in list(self.document.findall(nodes.reference)) + list(self.document.findall(_is_pending)):
            target = link.get('reftarget') or link.get('refuri') or ''
            if re.match(r'[a-z]+:|#', target):
                continue
            path = (folder / target.split('#')[0]).resolve()
            if path.is_relative_to(HERE) or not path.is_relative_to(REPOSITORY):
                continue
            name = path.relative_to(REPOSITORY)
            new = nodes.reference('', '', refuri=f'{SOURCE_URL}/{name}') if SOURCE_URL else nodes.inline()
            new += link.children
            link.replace_self(new)


def _is_pending(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Element) and node.tagname in ('pending_xref', 'download_reference')


def add_contents(app: Sphinx, page: str, source: list[str]) -> None:
    groups = CONTENTS if page == 'index' else {'': BELOW[page]} if page in BELOW else {}
    for caption, pages in groups.items():
        options = [':hidden:', ':maxdepth: 1', *([f':caption: {caption}'] if caption else [])]
        source[0] += '\n'.join(['', '```{toctree}', *options, '', *pages, '```', ''])


def setup(app: Sphinx) -> None:
    app.connect('source-read', add_contents)
    app.add_transform(LinksOutside)
