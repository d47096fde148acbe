import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { App } from '../config/model/app.ts';
import type { Content } from '../config/model/content.ts';
import type { Location, ServerModel } from '../config/model/server-model.ts';
import { readServeRequest } from '../config/read.ts';
import { serveModel } from '../config/serve-model.ts';
import { changeApps } from './app-instances.ts';

/** Applications by their names, each with a number of workers; all of them answer in locations within one another and in conditions. */
function modelOf(workers: Readonly<Record<string, number>>): ServerModel {
  const { request } = readServeRequest(['shop.wsgi'], { env: {}, coreCount: 2 });
  assert.ok(request);
  const model = serveModel(request, '/srv');
  const [app, site] = [model.apps[0], model.sites[0]];
  assert.ok(app && site);
  const apps = Object.entries(workers).map(([id, count]): App => ({ ...app, id, workers: count }));
  const locations = apps.reduce<Location[]>((inner, { id }) => {
    const content: Content = { kind: 'app', app: id, scriptName: '', folders: [], servesDeclared: true };
    const rewrite = [{ kind: 'if', condition: { kind: 'set', value: 'x' }, inside: [], scope: 0, content }] as never;
    const match = { kind: 'prefix', text: `/${id}` } as const;
    return [{ match, isInternal: false, redirectsToSlash: false, rewrite, scope: 0, content, locations: inner }];
  }, []);
  return { ...model, apps, sites: [{ ...site, content: { kind: 'files' }, locations }] };
}

function namesIn({ sites }: ServerModel): string[] {
  return JSON.stringify(sites).match(/(?<="app":")[^"]*/g) ?? [];
}

const ids = (apps: readonly App[]) => apps.map(({ id }) => id);

test('applications that are as before go on under their names', () => {
  const model = modelOf({ shop: 1, blog: 2 });
  const change = changeApps(model, modelOf({ shop: 1, blog: 2 }), new Set(['shop', 'blog']));
  assert.deepEqual([ids(change.added), change.gone, change.model], [[], [], model]);
});

test('one that has changed is another one, everywhere in the configuration', () => {
  const change = changeApps(modelOf({ shop: 1, blog: 2 }), modelOf({ shop: 3, blog: 2 }), new Set(['shop', 'blog']));
  assert.deepEqual([ids(change.added), change.gone], [['shop#2'], ['shop']]);
  assert.deepEqual(ids(change.model.apps), ['shop#2', 'blog']);
  assert.deepEqual(namesIn(change.model).toSorted(), ['blog', 'blog', 'shop#2', 'shop#2']);
  const again = changeApps(change.model, modelOf({ shop: 1, blog: 2 }), new Set(['shop', 'shop#2', 'blog']));
  assert.deepEqual([ids(again.added), again.gone], [['shop#3'], ['shop#2']]);
  const later = changeApps(change.model, modelOf({ shop: 1 }), new Set(['shop#2', 'blog']));
  assert.deepEqual([ids(later.added), later.gone], [['shop'], ['shop#2', 'blog']]);
});

test('one that is only called otherwise goes on, rather under its own name', () => {
  const change = changeApps(modelOf({ a: 1, b: 1 }), modelOf({ b: 1, c: 1 }), new Set(['a', 'b']));
  assert.deepEqual([ids(change.model.apps), ids(change.added), change.gone], [['b', 'a'], [], []]);
});
