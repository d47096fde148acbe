// Rules of sites, through a whole server: hosts, rewrites, error pages, who may ask and how often, bodies that are too long, connections without an answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessRules, Scope } from '../../src/config/model/scope.ts';
import type { Location, ServerModel, Site } from '../../src/config/model/server-model.ts';
import { Closed } from './client.ts';
import { plainModel, serveModelOf } from './model-server.ts';

const APP = `
def application(environ, start_response):
    path = environ['PATH_INFO']
    status = '401 Unauthorized' if environ.get('HTTP_COOKIE') != 'key' and path == '/auth' else '200 OK'
    start_response(status, [('Content-Type', 'text/plain'), ('X-User', 'joe'), ('WWW-Authenticate', 'Bearer')])
    body = environ['wsgi.input'].read()
    text = ' '.join([environ['REQUEST_METHOD'], path, environ['QUERY_STRING'], str(len(body))])
    return [text.encode()]
`;

const ACCESS: AccessRules = { satisfies: 'all', addresses: [], delayMs: 0 };

function modelOf(folder: string): ServerModel {
  const model = plainModel(folder, '--edge-threads', '2');
  const [site] = model.sites;
  const [plain] = model.scopes;
  const [listener] = model.listeners;
  assert.ok(site !== undefined && plain !== undefined && listener !== undefined);
  const scope = (more: Partial<Scope>): Scope => ({ ...plain, ...more });
  const page = { statuses: [404, 413], to: '/sorry?from=page', status: 'unchanged' } as const;
  const location = (text: string, scopeId: number, rewrite: Site['rewrite'] = []): Location => ({
    match: { kind: 'prefix', text },
    isInternal: false,
    redirectsToSlash: false,
    rewrite,
    scope: scopeId,
    content: site.content,
    locations: [],
  });
  return {
    ...model,
    zones: [{ name: 'slow', kind: 'requests', key: 'all', bytes: 65_536, ratePerKilosecond: 1 }],
    scopes: [
      scope({
        refusals: { pages: [page], isRecursive: false, style: 'nginx', pads: false },
        requestBodies: { bytesMax: 10 },
      }),
      scope({ access: { ...ACCESS, request: { uri: '/auth', sets: [] } } }),
      scope({
        requestRates: {
          rates: [{ zone: 'slow', burst: 1, delayAfter: 'all' }],
          manner: { status: 429, logLevel: 'error', isDry: false },
        },
      }),
    ],
    listeners: [{ ...listener, names: [{ name: { kind: 'suffix', text: '.other.example' }, site: 1 }] }],
    sites: [
      {
        ...site,
        locations: [
          location('/', 0),
          location('/missing', 0, [{ kind: 'return', status: 404, body: undefined }]),
          location('/silent', 0, [{ kind: 'return', status: 444, body: undefined }]),
          location('/old', 0, [
            {
              kind: 'rewrite',
              pattern: { text: '^/old/(?<rest>.*)$', isCaseless: false },
              replacement: ['/new/', { variable: 'rest' }],
              appendsArguments: true,
              flag: 'last',
            },
          ]),
          location('/members', 1),
          location('/slow', 2),
        ],
      },
      {
        ...site,
        rewrite: [{ kind: 'return', status: 301, body: ['https://www.example', { variable: 'request_uri' }] }],
      },
    ],
  };
}

test('rules of sites hold for requests of clients', async () => {
  await using server = await serveModelOf(modelOf, { 'app.py': APP });
  const ask = async (path: string, fields = ''): Promise<readonly [number, string]> => {
    const { status, body } = await server.ask(path, { fields });
    return [status, body];
  };

  assert.deepEqual(await ask('/x?a=1'), [200, 'GET /x a=1 0']);
  assert.deepEqual(await ask('/old/page?a=1'), [200, 'GET /new/page a=1 0']);
  assert.deepEqual(await ask('/missing'), [404, 'GET /sorry from=page 0']);

  using client = await server.connect();
  client.send('GET /y HTTP/1.1\r\nHost: a.other.example\r\n\r\n');
  const moved = await client.readOne();
  assert.deepEqual([moved.status, moved.fields.get('location')], [301, 'https://www.example/y']);
  client.send('GET /silent HTTP/1.1\r\nHost: x\r\n\r\n');
  await assert.rejects(client.readOne(), Closed);

  assert.deepEqual(await ask('/members', 'Cookie: key\r\n'), [200, 'GET /members  0']);
  const stranger = await server.ask('/members', {});
  assert.deepEqual([stranger.status, stranger.fields.get('www-authenticate')], [401, 'Bearer']);

  // The zone is shared by the threads: whichever is asked, the third is too much.
  const statuses: number[] = [];
  for (let count = 0; count < 6; count += 1) {
    statuses.push((await ask('/slow'))[0]);
  }
  assert.deepEqual(statuses, [200, 200, 429, 429, 429, 429]);
});

test('a body that is longer than its location allows is refused, whether its length is said or not', async () => {
  await using server = await serveModelOf(modelOf, { 'app.py': APP });
  const bodies = {
    'Content-Length: 5\r\n\r\n12345': [200, 'POST /x  5'],
    'Content-Length: 11\r\n\r\n12345678901': [413, 'GET /sorry from=page 0'],
    'Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n': [200, 'POST /x  5'],
    'Transfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n': [413, 'GET /sorry from=page 0'],
  };
  for (const [rest, expected] of Object.entries(bodies)) {
    using client = await server.connect();
    client.send(`POST /x HTTP/1.1\r\nHost: x\r\n${rest}`);
    const { status, body } = await client.readOne();
    assert.deepEqual([status, body], expected, rest);
  }
});
