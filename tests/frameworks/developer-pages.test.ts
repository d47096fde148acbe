// With --reload, the exception behind the bare 500 of each framework is in the browser; pages that the application or a debug mode makes stay.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../integration/server.ts';
import { PYTHON } from './example.ts';

const HTML = 'Accept: text/html\r\n';

const FLASK = `
from flask import Flask
app = Flask(__name__)
@app.get('/')
def index():
    raise KeyError('wanted')
`;
const FASTAPI = `
from fastapi import FastAPI
from starlette.middleware.base import BaseHTTPMiddleware
app = FastAPI()
async def dispatch(request, call_next):
    return await call_next(request)
app.add_middleware(BaseHTTPMiddleware, dispatch=dispatch)
@app.get('/')
def index():
    raise KeyError('wanted')
`;
const QUART = `
from quart import Quart
app = Quart(__name__)
@app.get('/')
async def index():
    raise KeyError('wanted')
`;
const LITESTAR = `
from litestar import Litestar, get
@get('/')
async def index() -> str:
    raise KeyError('wanted')
app = Litestar([index])
`;
const django = (kind: string): string => `
import sys
from django.conf import settings
settings.configure(DEBUG=False, ROOT_URLCONF=__name__, ALLOWED_HOSTS=['*'], SECRET_KEY='x')
from django.core.${kind} import get_${kind}_application
from django.urls import path
def index(request):
    raise KeyError('wanted')
urlpatterns = [path('', index)]
app = get_${kind}_application()
`;

const APPS = {
  Flask: FLASK,
  FastAPI: FASTAPI,
  Quart: QUART,
  Litestar: LITESTAR,
  'Django without DEBUG': django('wsgi'),
  'Django without DEBUG by ASGI': django('asgi'),
};

for (const [name, app] of Object.entries(APPS)) {
  test(`${name}: the traceback is shown`, async () => {
    await using server = await serve({ app, target: 'app:app', args: ['--reload', '--python', PYTHON] });
    const page = await server.ask('/', { fields: HTML });
    assert.equal(page.status, 500);
    assert.match(page.body, /<h1>KeyError: &#39;wanted&#39;<\/h1>/);
    assert.match(page.body, /<mark>.*raise KeyError\(&#39;wanted&#39;\)<\/mark>/);
    await server.logged(/request [0-9a-f]{32} GET \/: KeyError/);
    assert.equal(server.log.match(/Traceback \(most recent call last\)/g)?.length, 1, 'once in the log');
  });
}

const OWN = {
  'an error handler of Flask': `${FLASK}
@app.errorhandler(500)
def oops(error):
    return 'somebody has written this', 500
`,
  'a handler of FastAPI': `${FASTAPI}
from starlette.responses import PlainTextResponse
@app.exception_handler(Exception)
async def oops(request, error):
    return PlainTextResponse('somebody has written this', 500)
`,
  "Starlette's debug page": FASTAPI.replace('FastAPI()', 'FastAPI(debug=True)'),
  "Werkzeug's debugger": `${FLASK}
from werkzeug.debug import DebuggedApplication
app = DebuggedApplication(app)
app.app.config['PROPAGATE_EXCEPTIONS'] = True
`,
};

for (const [name, app] of Object.entries(OWN)) {
  test(`${name} stays`, async () => {
    await using server = await serve({ app, target: 'app:app', args: ['--reload', '--python', PYTHON] });
    const page = await server.ask('/', { fields: HTML });
    assert.equal(page.status, 500);
    assert.doesNotMatch(page.body, /started with --reload/);
    assert.match(page.body, /somebody has written this|Starlette|Werkzeug/i);
  });
}
