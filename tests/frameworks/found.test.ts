// What people have, served by nothing but `portico serve`: the layouts of the frameworks' own tutorials and templates. Their
// environment is beside the application, as everybody makes it.

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, serve } from '../integration/server.ts';
import { PYTHON } from './example.ts';

const ENVIRONMENT = dirname(dirname(PYTHON));

const DJANGO = (project: string): Record<string, string> => ({
  'manage.py': `import os, sys
def main():
    os.environ.setdefault('DJANGO_SETTINGS_MODULE', '${project}.settings')
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
if __name__ == '__main__':
    main()
`,
  [`${project}/__init__.py`]: '',
  [`${project}/settings.py`]: `SECRET_KEY = 'x'
ALLOWED_HOSTS = ['*']
ROOT_URLCONF = '${project}.urls'
WSGI_APPLICATION = '${project}.wsgi.application'
`,
  [`${project}/urls.py`]: `from django.http import HttpResponse
from django.urls import path
urlpatterns = [path('', lambda request: HttpResponse('served'))]
`,
  [`${project}/wsgi.py`]: `import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault('DJANGO_SETTINGS_MODULE', '${project}.settings')
application = get_wsgi_application()
`,
  [`${project}/asgi.py`]: `import os
from django.core.asgi import get_asgi_application
os.environ.setdefault('DJANGO_SETTINGS_MODULE', '${project}.settings')
application = get_asgi_application()
`,
});

const FLASKR = `from flask import Flask
def create_app(test_config=None):
    app = Flask(__name__, instance_relative_config=True)
    app.config.from_mapping(SECRET_KEY='dev')
    from . import blog
    app.register_blueprint(blog.bp)
    return app
`;
const BLOG = `from flask import Blueprint
bp = Blueprint('blog', __name__)
@bp.route('/')
def index():
    return 'served'
`;

const FASTAPI = `from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from app.core.config import NAME
app = FastAPI(title=NAME)
@app.get('/', response_class=PlainTextResponse)
def index() -> str:
    return 'served'
`;

const below = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));

interface Layout {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** The folder of its environment. */
  readonly project?: string;
  /** What is served; nothing, if this is not said. */
  readonly target?: string;
  /** What the start says of it. */
  readonly said: RegExp;
}

const LAYOUTS: readonly Layout[] = [
  {
    name: 'the project of django-admin startproject',
    files: DJANGO('mysite'),
    said: /mysite\.wsgi:application \(Django .*\), the Django project of manage\.py/,
  },
  {
    name: 'the same one folder below, whose environment is there',
    files: below('mysite', DJANGO('mysite')),
    project: 'mysite',
    said: /mysite\.wsgi:application \(Django .*\), the Django project of mysite\/manage\.py/,
  },
  {
    name: 'its manage.py',
    files: below('mysite', DJANGO('mysite')),
    target: 'mysite/manage.py',
    said: /mysite\.wsgi:application \(Django/,
  },
  { name: 'its package', files: DJANGO('mysite'), target: 'mysite', said: /mysite\.wsgi:application \(Django/ },
  {
    name: "Flask's tutorial",
    files: { 'flaskr/__init__.py': FLASKR, 'flaskr/blog.py': BLOG, 'tests/conftest.py': 'raise SystemExit' },
    said: /flaskr:create_app\(\) \(Flask .*\), found in flaskr\/__init__\.py/,
  },
  {
    name: "FastAPI's template, from the root of its repository",
    files: {
      'backend/app/__init__.py': '',
      'backend/app/main.py': FASTAPI,
      'backend/app/core/config.py': "NAME = 'x'",
      'frontend/package.json': '{}',
    },
    project: 'backend',
    said: /app\.main:app \(FastAPI .*\), found in backend\/app\/main\.py/,
  },
  {
    name: 'an application of Litestar',
    files: {
      'app.py': `from litestar import Litestar, MediaType, get
@get('/', media_type=MediaType.TEXT)
async def index() -> str:
    return 'served'
app = Litestar([index])
`,
    },
    said: /app:app \(Litestar .*\), found in app\.py/,
  },
  {
    name: 'one of Quart',
    files: {
      'shop.py': `from quart import Quart
app = Quart(__name__)
@app.route('/')
async def index():
    return 'served'
`,
      '.flaskenv': 'FLASK_APP=shop.py\nFLASK_DEBUG=1\n',
    },
    said: /shop:app \(Quart .*\), named by FLASK_APP in \.flaskenv/,
  },
  {
    name: 'one of Starlette in a package below src',
    files: {
      'src/shop/__init__.py': '',
      'src/shop/asgi.py': `from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
application = Starlette(routes=[Route('/', lambda request: PlainTextResponse('served'))])
`,
    },
    said: /shop\.asgi:application \(Starlette .*\), found in src\/shop\/asgi\.py/,
  },
];

for (const { name, files, project = '', target = '', said } of LAYOUTS) {
  test(name, async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, project), { recursive: true });
    symlinkSync(ENVIRONMENT, join(folder, project, '.venv'));
    await using server = await serve({ files, folder, target });
    assert.match(server.log, said);
    assert.ok(server.log.includes(join(folder, project, '.venv/bin/python')), server.log);
    assert.equal((await server.ask('/')).body, 'served');
  });
}
