// Django under ASGI, without Channels: see examples/django-async, and the guestbook of examples/django.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { json, postForm, serveExample, stopExample } from './example.ts';
import { TextStream } from './text-stream.ts';

let server: Server;
let url: string;

before(async () => {
  server = await serveExample('django-async', { target: 'app:application' });
  url = `http://127.0.0.1:${server.port}`;
});
after(() => stopExample(server));

test('it is recognised', () => assert.match(server.log, /django 5\.2/i));

test('a sync view runs in a thread', async () => {
  assert.deepEqual(await json(url), { is_main_thread: false, client: '127.0.0.1' });
});

test('an async view waits for several things', async () => {
  assert.deepEqual(await json(`${url}/together`, { method: 'PUT', body: 'Hällo' }), {
    body: 'Hällo',
    slept: 'slept',
    system: 'Linux',
  });
});

test('a StreamingHttpResponse of an async generator arrives piece by piece', async () => {
  using stream = await TextStream.open(`${url}/hear`);
  assert.equal(await stream.through('\n'), 'Listening.\n');
  for (const word of ['one', 'two']) {
    assert.equal(await postForm(`${url}/say`, { word }), 204);
    assert.equal(await stream.through('\n'), `${word}\n`);
  }
  await postForm(`${url}/say`, { word: 'enough' });
  assert.equal(await stream.rest(), '');
});

test('the generator is ended when the client leaves', async () => {
  {
    using stream = await TextStream.open(`${url}/hear`);
    await stream.through('Listening.\n');
  }
  await server.logged(/the listener has gone/);
});

test('a whole site of sync views, with forms, sessions and a database, works as ASGI', async () => {
  await using guestbook = await serveExample('django', { target: 'mysite.asgi', prepare: ['manage.py', 'prepare'] });
  assert.match(guestbook.log, /mysite\.asgi:application/);
  const home = `http://127.0.0.1:${guestbook.port}/`;
  const page = await fetch(home);
  const text = await page.text();
  const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(text)?.[1] ?? '';
  const cookie = page.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const answer = await fetch(home, {
    method: 'POST',
    headers: { cookie },
    body: new URLSearchParams({ csrfmiddlewaretoken: token, name: 'Zoë', message: 'On an event loop' }),
    redirect: 'manual',
  });
  assert.equal(answer.status, 302);
  const after = await (await fetch(home, { headers: { cookie } })).text();
  assert.match(after, /<h2>Zoë<\/h2>\s*<p>On an event loop<\/p>/);
  assert.match(after, /has been here [2-9] times/);
  const style = /href="(\/static\/guestbook\/guestbook\.[0-9a-f]+\.css)"/.exec(after)?.[1] ?? '';
  assert.match((await fetch(new URL(style, home))).headers.get('cache-control') ?? '', /immutable/);
});
