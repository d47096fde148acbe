import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServeRequest } from '../../config/read.ts';
import { serveModel } from '../../config/serve-model.ts';
import { defaultModel } from './default-model.ts';
import { showConfig } from './show-config.ts';

test('showConfig() writes what was decided for this machine as well as what was said', () => {
  const machine = { env: {}, coreCount: 4 };
  const { request } = readServeRequest(['shop.wsgi', '--max-requests', '500'], machine);
  assert.ok(request);
  const printed = { out: '', error: '' };
  showConfig(serveModel(request, '/srv'), defaultModel(machine, '/srv'), {
    out: (text) => {
      printed.out += text;
    },
    error: (text) => {
      printed.error += text;
    },
    hasReader: true,
    isWatched: false,
    hasColours: false,
  });
  assert.equal(printed.error, '');
  assert.equal(
    printed.out,
    `[edge]
threads = 2

[app]
module = "shop.wsgi"
workers = 4
threads = 1

[app.recycle]
requests = 500

[[site]]
listen = [ "127.0.0.1:8000" ]
`,
  );
});
