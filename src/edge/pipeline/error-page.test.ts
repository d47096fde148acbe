import { deepEqual, equal, match } from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { test } from 'node:test';
import type { ErrorPage } from '../../config/model/answers.ts';
import type { Instruction } from '../../config/model/instruction.ts';
import type { Scope } from '../../config/model/scope.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import type { FakeClientExchange } from '../plan/fake-client-exchange.ts';
import type { FakeModel } from '../plan/fake-site.ts';
import { FAKE_SCOPE, FakeSite, location, tellingContent } from '../plan/fake-site.ts';

function scope(pages: readonly ErrorPage[], more: Partial<Scope['refusals']> = {}): Partial<Scope> {
  return { refusals: { ...FAKE_SCOPE.refusals, pages, ...more } };
}

function page(to: ErrorPage['to'], status: ErrorPage['status'] = 'unchanged', ...statuses: number[]): ErrorPage {
  return { statuses: statuses.length === 0 ? [404] : statuses, to, status };
}

function refuse(status: number): readonly Instruction[] {
  return [{ kind: 'return', status, body: undefined }];
}

function siteWith(pages: readonly ErrorPage[], rest: FakeModel = {}): FakeSite {
  return new FakeSite({
    scopes: [scope(pages)],
    locations: [
      location('/', { rewrite: refuse(404) }),
      location('/pages/'),
      location('/text', { rewrite: [{ kind: 'return', status: 200, body: 'text' }] }),
      location('/moved', { rewrite: refuse(403) }),
      location('@app', { content: { kind: 'app', app: 'shop', scriptName: '', folders: [], servesDeclared: false } }),
    ],
    ...rest,
  });
}

test('a page is asked for by GET, and has the status of the refusal', () => {
  const post = siteWith([page('/pages/404.html?why=gone')]).ask({ method: 'POST', path: '/x', query: 'a=1' });
  deepEqual([post.status, post.body], [404, 'files GET /pages/404.html?why=gone']);
  const head = siteWith([page('/pages/404.html')]).ask({ method: 'HEAD', path: '/x' });
  deepEqual([head.status, head.body], [404, '']);
});

test('a page in the place of an error does not say when it was changed', () => {
  const head = { status: 200, reason: undefined, fields: fieldsOf('Last-Modified: x\r\nETag: "y"\r\n') };
  const ask = (status: ErrorPage['status']): FakeClientExchange =>
    new FakeSite(
      {
        scopes: [scope([page('/pages/a', status)])],
        locations: [location('/', { rewrite: refuse(404) }), location('/pages/')],
      },
      { produceOf: () => (exchange) => exchange.responder.respond(head, 'page') },
    ).ask('/x');
  const [refused, found] = [ask('unchanged'), ask(200)];
  deepEqual([refused.status, refused.field('last-modified'), refused.field('etag')], [404, undefined, '"y"']);
  deepEqual([found.status, found.field('last-modified')], [200, 'x']);
});

test('"=" takes the status of the page, and "=200" says which', () => {
  equal(siteWith([page('/pages/a', 'answer')]).ask('/x').status, 200);
  equal(siteWith([page('/pages/a', 201)]).ask('/x').status, 201);
  deepEqual([siteWith([page('/text')]).ask('/x').status, siteWith([page('/text')]).ask('/x').body], [404, 'text']);
});

test('a named location keeps method, path and arguments', () => {
  const asked = siteWith([page('@app', 'answer')]).ask({ method: 'POST', path: '/x', query: 'a=1' });
  deepEqual([asked.status, asked.body], [200, 'shop POST /x?a=1']);
  equal(siteWith([page('@none')]).ask('/x').status, 500);
});

test('of named locations with one name the first is asked', () => {
  const answers = ['one', 'two'].map((body) => location('@a', { rewrite: [{ kind: 'return', status: 200, body }] }));
  const locations = [location('/', { rewrite: refuse(404) }), ...answers];
  equal(siteWith([page('@a', 'answer')], { locations }).ask('/x').body, 'one');
});

test('a URL is redirected to', () => {
  const found = siteWith([page('https://other/lost')]).ask('/x');
  deepEqual([found.status, found.field('location')], [302, 'https://other/lost']);
  equal(siteWith([page('https://other/lost', 301)]).ask('/x').status, 301);
  equal(siteWith([page('https://other/lost', 200)]).ask('/x').status, 302);
});

test('the target may have variables', () => {
  const to = ['/pages', { variable: 'uri' }, '?was=', { variable: 'status' }] as const;
  equal(siteWith([page(to)]).ask('/x').body, 'files GET /pages/x?was=404');
});

test('a page that is refused has no page of its own, unless pages are recursive', () => {
  const pages = [page('/moved'), page('/pages/403', 'unchanged', 403)];
  equal(siteWith(pages).ask('/x').status, 403);
  match(siteWith(pages).ask('/x').body, /<h1>403 Forbidden<\/h1>/);
  const recursive = siteWith([], { scopes: [scope(pages, { isRecursive: true })] }).ask('/x');
  deepEqual([recursive.status, recursive.body], [403, 'files GET /pages/403']);
});

test('pages that send the request in a circle end', () => {
  const circle = siteWith([], { scopes: [scope([page('/again')], { isRecursive: true })] }).ask('/x');
  equal(circle.status, 500);
});

test('fields of the refusal stand in the page, too: a client is to know how it may ask', () => {
  const site = new FakeSite(
    {
      scopes: [scope([page('/pages/x', 'unchanged', 401)])],
      locations: [location('/'), location('/pages/', { content: { kind: 'status' } })],
    },
    {
      produceOf: (content) =>
        content.kind === 'status'
          ? tellingContent(content)
          : ({ responder }) => responder.refuse(401, undefined, fieldsOf('WWW-Authenticate: Basic realm="a"\r\n')),
    },
  );
  const asked = site.ask('/x');
  deepEqual(
    [asked.status, asked.body, asked.field('www-authenticate')],
    [401, 'status GET /pages/x', 'Basic realm="a"'],
  );
});

test('what the first content still says after its refusal goes nowhere', () => {
  const site = siteWith([page('/pages/x', 'unchanged', 502)], {
    locations: [location('/'), location('/pages/', { content: { kind: 'status' } })],
  });
  const late = new FakeSite(
    {
      scopes: [scope([page('/pages/x', 'unchanged', 502)])],
      locations: [location('/'), location('/pages/', { content: { kind: 'status' } })],
    },
    {
      produceOf: (content) =>
        content.kind === 'status'
          ? tellingContent(content)
          : ({ responder }) => {
              responder.refuse(502);
              responder.respond({ status: 200, reason: undefined, fields: fieldsOf('') }, 'late');
              responder.cut();
            },
    },
  ).ask('/x');
  deepEqual([late.status, late.body, late.wasCut], [502, 'status GET /pages/x', false]);
  equal(site.bugs.length, 0);
});

test('a page does not see the conditions of the request, and so is never "not modified"', () => {
  const site = new FakeSite(
    { scopes: [scope([page('/pages/x')])], locations: [location('/', { rewrite: refuse(404) }), location('/pages/')] },
    {
      produceOf:
        () =>
        ({ block, responder }) =>
          responder.respond(
            { status: 200, reason: undefined, fields: fieldsOf('') },
            `[${block.get('if-none-match') ?? ''}${block.get('range') ?? ''}${block.get('cookie') ?? ''}]`,
          ),
    },
  );
  const fields = [
    ['If-None-Match', '*'],
    ['Range', 'bytes=0-1'],
    ['Cookie', 'a=b'],
  ] as const;
  equal(site.ask({ path: '/x', fields }).body, '[a=b]');
  equal(site.ask({ path: '/pages/x', fields }).body, '[*bytes=0-1a=b]');
});

test('an error of ours is answered with 500, and noted', () => {
  const site = new FakeSite(
    { locations: [location('/')] },
    {
      produceOf: () => () => {
        throw new Error('a bug');
      },
    },
  );
  equal(site.ask('/').status, 500);
  equal(site.bugs.length, 1);
});

test('a request that is refused while a step waits is answered at once, and the step goes on with nothing', async () => {
  const asked: string[] = [];
  const site = new FakeSite(
    {
      scopes: [scope([page('/pages/x', 'unchanged', 400)])],
      locations: [
        location('/', {
          rewrite: [
            {
              kind: 'if',
              condition: { kind: 'file', test: 'any', path: '/etc', isNegated: false },
              inside: [],
              scope: 0,
              content: undefined,
            },
          ],
        }),
      ],
    },
    {
      produceOf:
        () =>
        ({ path }) =>
          asked.push(path),
    },
  );
  const exchange = site.ask('/x');
  equal(exchange.status, 0);
  exchange.refuse(400);
  equal(exchange.status, 400);
  // What was asked of the disk before has been answered before this is.
  await stat('/etc');
  await new Promise((resolve) => setImmediate(resolve));
  deepEqual(asked, []);
});

test('the page of an error is longer for browsers that show their own in the place of a short one', () => {
  const length = (agent: string): number =>
    new FakeSite({
      scopes: [scope([], { style: 'nginx', pads: true })],
      locations: [location('/', { rewrite: refuse(404) })],
    }).ask({ path: '/', fields: [['User-Agent', agent]] }).body.length;
  const short = length('curl');
  deepEqual([length('MSIE'), length('Chromed')], [short, short]);
  equal(length('Mozilla/4.0 (compatible; MSIE 6.0)') > 512, true);
  equal(length('Mozilla/5.0 Chrome/99') > 512, true);
});
