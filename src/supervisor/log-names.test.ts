import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { App } from '../config/model/app.ts';
import { logNames } from './log-names.ts';

/** As HELLO has names of workers (protocol/lanes/hello.ts). */
const NAME = /^(?:[\w.-]{1,64}:)?w[1-9]\d{0,5}$/;

test('logNames() names the workers of several applications so that the edge lets them in, whatever a file calls the application', () => {
  const ids = ['shop', 'shop.wsgi:application', 'my shop', 'größe', '../x', 'a'.repeat(200), 'x\ny'];
  const apps = ids.map((id) => ({ id }) as App);
  for (const app of apps) {
    assert.match(`${logNames(app, { apps }).workers}w1`, NAME, app.id);
  }
  assert.deepEqual(logNames({ id: 'shop' }, { apps }), { zygote: 'shop', workers: 'shop:', line: 'shop: ' });
});

test('logNames() needs no names where there is one application', () => {
  const names = logNames({ id: 'shop' }, { apps: [{ id: 'shop' } as App] });
  assert.deepEqual(names, { zygote: 'app', workers: '', line: '' });
});
