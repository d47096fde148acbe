// Locations with files, through a whole server: indexes, lists, try_files in front of an application, large files, links.

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Files, TryFiles } from '../../src/config/model/files.ts';
import type { Location, ServerModel } from '../../src/config/model/server-model.ts';
import type { Answer } from './client.ts';
import { plainModel, serveModelOf } from './model-server.ts';
import type { Server } from './server.ts';

const APP = `
def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain'), ('ETag', '"own"')])
    return [('app ' + environ['PATH_INFO']).encode()]
`;
const LARGE = Buffer.alloc(3_000_000, 'abcdefghij');
const FILES: Omit<Files, 'path'> = {
  kind: 'root',
  index: ['index.html'],
  autoindex: undefined,
  isIndexRandom: false,
  servesHidden: true,
  symlinks: { kind: 'anywhere' },
  hasEtag: true,
  ifModifiedSince: 'exact',
  rangesMax: undefined,
  cacheMs: undefined,
  logsMissing: true,
};
const TRY: TryFiles = { paths: [[{ variable: 'uri' }]], last: { kind: 'uri', uri: '@app' } };

function location(text: string, scope: number, content: Location['content'] = { kind: 'files' }): Location {
  const kind = text.startsWith('@') ? 'named' : 'prefix';
  return {
    match: { kind, text },
    isInternal: false,
    redirectsToSlash: false,
    rewrite: [],
    scope,
    content,
    locations: [],
  };
}

function modelOf(folder: string): ServerModel {
  const root = join(folder, 'www');
  mkdirSync(join(root, 'list/sub'), { recursive: true });
  writeFileSync(join(root, 'index.html'), 'home');
  writeFileSync(join(root, 'large.bin'), LARGE);
  writeFileSync(join(root, 'list/a b.txt'), 'a');
  symlinkSync('index.html', join(root, 'link.html'));
  const model = plainModel(folder);
  const [site] = model.sites;
  const [plain] = model.scopes;
  assert.ok(site !== undefined && plain !== undefined);
  const scope = (files: Partial<Files>): ServerModel['scopes'][number] => ({
    ...plain,
    types: 1,
    files: { ...FILES, path: root, ...files },
  });
  const list = scope({ autoindex: { format: 'json', hasExactSize: true, isLocalTime: false } });
  const scopes = [
    plain,
    scope({}),
    list,
    { ...scope({}), tryFiles: TRY },
    scope({ symlinks: { kind: 'none', from: root } }),
  ];
  const locations = [
    location('/', 1),
    location('/list/', 2),
    location('/try/', 3),
    location('/link', 4),
    location('@app', 0, site.content),
  ];
  const types = [
    ...model.types,
    { knowsRegistry: false, charset: '', types: { html: 'text/html' }, fallback: 'application/octet-stream' },
  ];
  return { ...model, types, scopes, sites: [{ ...site, scope: 1, content: { kind: 'files' }, locations }] };
}

async function ask(server: Server, path: string, ...fields: readonly string[]): Promise<Answer> {
  return server.ask(path, { fields: fields.map((field) => `${field}\r\n`).join('') });
}

test('files, lists and an application answer in one site, whole, in part, or not at all', async () => {
  await using server = await serveModelOf(modelOf, { 'app.py': APP });
  for (const _ of ['from disk', 'from memory']) {
    const home = await ask(server, '/');
    assert.deepEqual([home.status, home.body, home.fields.get('content-type')], [200, 'home', 'text/html']);
    assert.equal((await ask(server, '/try/none')).body, 'app /try/none');
    assert.equal((await ask(server, '/none')).status, 404);
    assert.equal((await ask(server, '/link.html')).status, 403);
  }
  const names = (JSON.parse((await ask(server, '/list/')).body) as { name: string }[]).map(({ name }) => name);
  assert.deepEqual(names, ['sub', 'a b.txt']);
  const redirect = await ask(server, '/list/sub?q');
  assert.deepEqual([redirect.status, redirect.fields.get('location')?.endsWith('/list/sub/?q')], [301, true]);

  // A large file comes whole or in part, and what the client has of an application is not sent again.
  const whole = await ask(server, '/large.bin');
  assert.ok(whole.bytes.equals(LARGE));
  const part = await ask(server, '/large.bin', 'Range: bytes=-7');
  assert.deepEqual(
    [part.status, part.body, part.fields.get('content-range')],
    [206, 'defghij', 'bytes 2999993-2999999/3000000'],
  );
  const tag = whole.fields.get('etag') ?? '';
  assert.equal((await ask(server, '/large.bin', `If-None-Match: W/${tag}`)).status, 304);
  assert.equal((await ask(server, '/large.bin', 'Range: bytes=3000000-')).status, 416);
  const own = await ask(server, '/try/x', 'If-None-Match: "own"');
  assert.deepEqual([own.status, own.body], [304, '']);
});
