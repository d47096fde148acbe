// A refusal in the form that the client asks for, which names the request and nothing of the inside.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from './server.ts';
import { serve } from './server.ts';

const APP = `
def application(environ, start):
    raise RuntimeError('the secret of the inside')
`;

let server: Server;
before(async () => {
  server = await serve({ app: APP });
});
after(() => server[Symbol.asyncDispose]());

test('HTML for a browser', async () => {
  const answer = await server.ask('/', { fields: 'Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n' });
  assert.equal(answer.status, 500);
  assert.equal(answer.fields.get('content-type'), 'text/html; charset=utf-8');
  assert.match(answer.body, /^<!doctype html>.*Request [0-9a-f]{32}/s);
  assert.doesNotMatch(answer.body, /secret|Portico/i);
  assert.equal(answer.fields.has('server'), false);
});

test('JSON for a program, with the id that the log has', async () => {
  const answer = await server.ask('/json', { fields: 'Accept: application/json\r\n' });
  assert.equal(answer.fields.get('content-type'), 'application/json');
  const page = JSON.parse(answer.body) as {
    readonly status: number;
    readonly requestId: string;
    readonly detail?: string;
  };
  assert.equal(page.status, 500);
  assert.equal(page.detail, undefined);
  await server.logged(new RegExp(`request ${page.requestId} GET /json: RuntimeError: the secret`));
});

test('text for whoever says nothing, and a HEAD without a body', async () => {
  assert.match((await server.ask('/')).body, /^500 Internal Server Error\n/);
  const head = await server.ask('/', { method: 'HEAD' });
  assert.equal(head.status, 500);
  assert.ok(Number(head.fields.get('content-length')) > 0);
});

test('what is too long is told apart: 414 for the target, 431 for the fields', async () => {
  assert.equal((await server.ask(`/${'a'.repeat(9000)}`)).status, 414);
  assert.equal((await server.ask('/', { fields: `X-A: ${'a'.repeat(40_000)}\r\n` })).status, 431);
});

test('a tracebacks is shown in development, escaped, and only then', async () => {
  const app = `
def application(environ, start):
    raise RuntimeError('<script>' + environ['QUERY_STRING'])
`;
  await using development = await serve({ app, args: ['--reload'] });
  const answer = await development.ask('/?a', { fields: 'Accept: text/html\r\n' });
  assert.match(answer.body, /Traceback.*&#60;script&#62;a/s);
  assert.doesNotMatch(answer.body, /<script>/);
});
