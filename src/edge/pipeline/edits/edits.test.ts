import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Expires, FieldRule } from '../../../config/model/answers.ts';
import type { Scope } from '../../../config/model/scope.ts';
import type { Template } from '../../../config/model/template.ts';
import { FakeClock } from '../../../kernel/fake-clock.ts';
import { fieldsOf } from '../../../protocol/http/response-fields.ts';
import type { FakeClientExchange } from '../../plan/fake-client-exchange.ts';
import { FakeSite, location } from '../../plan/fake-site.ts';

const FILE_HEAD = { status: 200, reason: undefined, fields: fieldsOf('Content-Type: text/plain\r\n') } as const;

function rule(name: string, value: FieldRule['value'], more: Partial<FieldRule> = {}): FieldRule {
  return { name, value, always: false, effect: 'add', ...more };
}

function ask(scope: Partial<Scope>, status = 200): FakeClientExchange {
  const body = status < 400 ? 'text' : undefined;
  return new FakeSite({
    scopes: [scope],
    locations: [location('/', { rewrite: [{ kind: 'return', status, body }] })],
  }).ask('/');
}

function withFields(fields: readonly FieldRule[], trailers: readonly FieldRule[] = []): Partial<Scope> {
  return { fields: { fields, trailers, expires: undefined } };
}

test('a field is added to ordinary responses, and to all of them where it says "always"', () => {
  const scope = withFields([rule('X-A', 'a'), rule('X-B', 'b', { always: true }), rule('X-C', '')]);
  deepEqual([ask(scope).field('x-a'), ask(scope).field('x-b'), ask(scope).field('x-c')], ['a', 'b', undefined]);
  deepEqual([ask(scope, 403).field('x-a'), ask(scope, 403).field('x-b')], [undefined, 'b']);
});

test('fields with variables are made for each response, and values of clients stay on their line', () => {
  const scope = withFields([rule('X-Uri', [{ variable: 'uri' }, '\r\nX-Bad: 1'])]);
  equal(ask(scope).field('x-uri'), '/  X-Bad: 1');
});

test('no field is added that says another length than the transport', () => {
  const scope = withFields([rule('content-length', '3'), rule('Transfer-Encoding', 'chunked'), rule('X-A', 'a')]);
  const answered = ask(scope);
  deepEqual(
    ['content-length', 'transfer-encoding', 'x-a'].map((name) => answered.field(name)),
    [undefined, undefined, 'a'],
  );
});

test('a response without a type has no field of it', () => {
  const types = [{ knowsRegistry: false, charset: '', types: {}, fallback: '' }];
  const site = new FakeSite({ types, rewrite: [{ kind: 'return', status: 200, body: 'text' }] });
  equal(site.ask('/').head?.fields.has('content-type'), false);
});

test('what is said of the framing is what the location has of it', () => {
  const ask = (isChunkedOn: boolean): string | undefined =>
    new FakeSite(
      {
        scopes: [withFields([rule('X-Framing', [{ variable: 'sent_http_transfer_encoding' }])])],
        connections: [{ keepAliveMs: 0, isChunkedOn }],
        locations: [location('/')],
      },
      { produceOf: () => (exchange) => exchange.responder.begin(FILE_HEAD, undefined) },
    )
      .ask('/')
      .field('x-framing');
  deepEqual([ask(true), ask(false)], ['chunked', undefined]);
});

test('a field is set or taken away', () => {
  const scope = withFields([rule('Content-Type', 'x/y', { effect: 'set' }), rule('Server', '', { effect: 'clear' })]);
  const answered = ask({ ...scope, serverField: 'mine' });
  deepEqual([answered.field('content-type'), answered.field('server')], ['x/y', undefined]);
  equal(ask({ serverField: 'mine' }).field('server'), 'mine');
});

test('fields are taken away by the beginning of their names', () => {
  const scope = withFields([
    rule('X-Hidden-A', 'a'),
    rule('X-Hidden-B', 'b'),
    rule('X-Shown', 'c'),
    rule('X-Hidden-*', '', { effect: 'clear' }),
  ]);
  deepEqual(
    ['x-hidden-a', 'x-hidden-b', 'x-shown'].map((name) => ask(scope).field(name)),
    [undefined, undefined, 'c'],
  );
});

test('trailers stand behind a body of no length, for clients that take them or all of a site', () => {
  const tail = [rule('X-T', [{ variable: 'status' }])];
  const site = (trailers: readonly FieldRule[], status = 200, connection = {}): FakeSite =>
    new FakeSite({
      scopes: [withFields([], trailers)],
      connections: [{ keepAliveMs: 0, ...connection }],
      locations: [location('/', { rewrite: [{ kind: 'return', status, body: 'text' }] })],
    });
  const shape = (of: FakeSite, te = 'trailers'): readonly unknown[] => {
    const { length, body, trailers } = of.ask({ path: '/', fields: [['TE', te]] });
    return [length, body, trailers?.text];
  };
  deepEqual(shape(site(tail)), [undefined, 'text', 'X-T: 200\r\n']);
  deepEqual(shape(site(tail), 'gzip'), [4, 'text', undefined]);
  const seen = [rule('X-T', 'a'), rule('X-T', 'b'), rule('X-U', [{ variable: 'sent_trailer_x_t' }])];
  deepEqual(shape(site(seen)), [undefined, 'text', 'X-T: a\r\nX-T: b\r\nX-U: a, b\r\n']);
  deepEqual(shape(site(tail, 404)), [4, 'text', undefined]);
  deepEqual(shape(site([rule('X-T', 't', { always: true })], 404)), [undefined, 'text', 'X-T: t\r\n']);
  deepEqual(shape(site(tail, 200, { isChunkedOn: false })), [4, 'text', undefined]);
  deepEqual(shape(site(tail, 200, { sendsTrailersUnasked: true }), 'gzip'), [undefined, 'text', 'X-T: 200\r\n']);
});

test('a response that is edited as one before has the very same head, which is then rendered once; other values are other fields', () => {
  const clock = new FakeClock();
  const fields = [rule('X-Uri', [{ variable: 'uri' }]), rule('X-Method', [{ variable: 'request_method' }])];
  const site = new FakeSite(
    {
      scopes: [{ fields: { fields, trailers: [], expires: { kind: 'after', seconds: 60, since: 'access' } } }],
      locations: [location('/')],
    },
    { clock, produceOf: () => (exchange) => exchange.responder.respond(FILE_HEAD, 'text') },
  );
  const first = site.ask('/a');
  equal(site.ask('/a').head, first.head);
  equal(site.ask('/b').field('x-uri'), '/b');
  const again = site.ask('/a');
  equal(again.head?.fields, first.head?.fields);
  equal(again.field('x-uri'), '/a');
  clock.advance(1000);
  equal(site.ask('/a').head === first.head, false);
});

function expiresOf(expires: Expires | Template, status = 200): readonly (string | undefined)[] {
  const answered = ask({ fields: { fields: [], trailers: [], expires } }, status);
  return [answered.field('expires'), answered.field('cache-control')];
}

test('expires says when a response is old, unless it is an error', () => {
  const hour = { kind: 'after', seconds: 3600, since: 'access' } as const;
  deepEqual(expiresOf(hour), ['Wed, 01 Jan 2025 01:00:00 GMT', 'max-age=3600']);
  deepEqual(expiresOf({ ...hour, seconds: -1 }), ['Tue, 31 Dec 2024 23:59:59 GMT', 'no-cache']);
  deepEqual(expiresOf({ kind: 'epoch' }), ['Thu, 01 Jan 1970 00:00:01 GMT', 'no-cache']);
  deepEqual(expiresOf({ kind: 'max' }), ['Thu, 31 Dec 2037 23:55:55 GMT', 'max-age=315360000']);
  deepEqual(expiresOf({ ...hour, seconds: 0, since: 'modification' }), ['Wed, 01 Jan 2025 00:00:00 GMT', 'max-age=0']);
  deepEqual(expiresOf(['modified ', 'epoch']), [undefined, undefined]);
  deepEqual(expiresOf({ kind: 'off' }), [undefined, undefined]);
  deepEqual(expiresOf(hour, 404), [undefined, undefined]);
  deepEqual(expiresOf('1h'), ['Wed, 01 Jan 2025 01:00:00 GMT', 'max-age=3600']);
  deepEqual(expiresOf('nonsense'), [undefined, undefined]);
});

test('a time of day is one of where the server stands', () => {
  const { TZ: zone } = process.env;
  const said = ['UTC', 'America/New_York', 'Asia/Tokyo'].map((each) => {
    process.env['TZ'] = each;
    return expiresOf({ kind: 'at', secondOfDay: 7200 });
  });
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
  deepEqual(said, [
    ['Wed, 01 Jan 2025 02:00:00 GMT', 'max-age=7200'],
    ['Wed, 01 Jan 2025 07:00:00 GMT', 'max-age=25200'],
    ['Wed, 01 Jan 2025 17:00:00 GMT', 'max-age=61200'],
  ]);
});

test('a Cache-Control that is added stands beside the one of expires, in whatever case it is written', () => {
  for (const name of ['Cache-Control', 'cache-control']) {
    const fields = [rule('X-A', 'a'), rule(name, 'public')];
    const answered = ask({ fields: { fields, trailers: [], expires: { kind: 'max' } } });
    const lines = (answered.head?.fields.text ?? '').split('\r\n').filter((line) => /^cache-control:/i.test(line));
    deepEqual(lines, ['Cache-Control: max-age=315360000', `${name}: public`]);
    equal(answered.field('x-a'), 'a');
  }
});

test('status lines have the words of nginx where refusals look like its own', () => {
  deepEqual([ask({}, 405).head?.reason, ask({}, 404).head?.reason], ['Not Allowed', undefined]);
});
