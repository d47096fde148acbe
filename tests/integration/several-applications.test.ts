// Several applications of one server: each has workers of its own, is loaded again with the others, and does not fall with them.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { App } from '../../src/config/model/app.ts';
import type { Location, ServerModel } from '../../src/config/model/server-model.ts';
import { launchModel, plainModel, serveModelOf } from './model-server.ts';
import { descendants } from './processes.ts';

const GOOD = `
import os
def application(environ, start_response):
    start_response('200 OK', [])
    return [('%s %s' % (__name__, os.environ['PORTICO_WORKER'])).encode()]
`;
const BROKEN = 'raise ValueError("no such table")\n';

/** As a file names an application that is nothing but a module; the shop is called the shop. */
const nameOf = (id: string): string => (id === 'shop' ? id : `${id}:application`);

/** Each answers below a path of its name. */
function serving(...ids: readonly string[]): (folder: string) => ServerModel {
  return (folder) => {
    const model = plainModel(folder);
    const [site] = model.sites;
    const [app] = model.apps;
    assert.ok(site !== undefined && app !== undefined);
    const apps = ids.map((id): App => ({ ...app, id: nameOf(id), target: `${id}:application` }));
    const locations = ids.map(
      (id): Location => ({
        match: { kind: 'prefix', text: `/${id}/` },
        isInternal: false,
        redirectsToSlash: false,
        rewrite: [],
        scope: site.scope,
        content: { kind: 'app', app: nameOf(id), scriptName: '', folders: [], servesDeclared: false },
        locations: [],
      }),
    );
    return { ...model, apps, sites: [{ ...site, content: { kind: 'files' }, locations }] };
  };
}

test('each application has workers of its own, whose names say whose they are', async () => {
  await using server = await serveModelOf(serving('shop', 'blog'), { 'shop.py': GOOD, 'blog.py': GOOD });
  assert.equal((await server.ask('/shop/')).body, 'shop shop:w1');
  assert.equal((await server.ask('/blog/')).body, 'blog blog_application:w1');
  // Beside the edge a zygote and a worker each.
  assert.equal(descendants(server.pid).filter(({ command }) => command.includes('portico_worker')).length, 4);
  assert.match(
    server.log,
    /app: shop: shop:application \(WSGI\)[\s\S]*app: blog:application: blog:application \(WSGI\)/,
  );
  process.kill(server.pid, 'SIGHUP');
  await server.logged(/shop: reloaded: .* shop:w1 /);
  await server.logged(/blog:application: reloaded: .* blog_application:w1 /);
  assert.equal((await server.ask('/shop/')).body, 'shop shop:w1');
  process.kill(server.pid, 'SIGTERM');
  assert.equal(await server.exit, 0);
});

test('one that cannot be loaded is answered 503, and does not keep the others from serving; a reload mends it', async () => {
  await using server = await serveModelOf(serving('blog', 'shop'), { 'shop.py': GOOD, 'blog.py': BROKEN });
  assert.match(
    server.log,
    /ERROR portico: blog:application: the application could not be loaded: .*no such table.*answered 503, the other applications are served/,
  );
  assert.equal((await server.ask('/blog/')).status, 503);
  assert.equal((await server.ask('/shop/')).body, 'shop shop:w1');
  writeFileSync(`${server.folder}/blog.py`, GOOD);
  process.kill(server.pid, 'SIGHUP');
  await server.logged(/blog:application: reloaded: /);
  // The edge hears of it in the same moment.
  let answer = await server.ask('/blog/');
  while (answer.status === 503) answer = await server.ask('/blog/');
  assert.equal(answer.body, 'blog blog_application:w1');
});

test('a server of which no application can be loaded does not start', async () => {
  await using server = launchModel(serving('blog', 'shop'), { 'shop.py': BROKEN, 'blog.py': BROKEN });
  assert.equal(await server.exit, 3);
  assert.match(server.log, /none of its applications can be loaded/);
});
