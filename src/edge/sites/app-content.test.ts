import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from '../../protocol/http/fake-field-block.ts';
import { FakeExchange } from '../../relay/fake-exchange.ts';
import type { AppService } from '../workers/app-service.ts';
import { AppContent } from './app-content.ts';

test('AppContent tells its application where the location mounts it, in the bytes that paths have, where the path is below it', () => {
  const mounts: string[] = [];
  const app = {
    declared: [],
    staticRequests: 0,
    ask: ({ scriptName }: { readonly scriptName: string }) => mounts.push(scriptName) > 0,
  };
  for (const scriptName of ['', '/shop', '/café']) {
    const content = { kind: 'app', app: 'site', scriptName, folders: [], servesDeclared: false } as const;
    const mounted = new AppContent(content, app as unknown as AppService, () => undefined);
    for (const path of ['/shop/a', '/shopping', '/caf\xc3\xa9']) {
      mounted.answer(Object.assign(new FakeExchange('a'), { path }));
    }
  }
  deepEqual(mounts, ['', '', '', '/shop', '', '', '', '', '/caf\xc3\xa9']);
});

test('AppContent believes a trusted proxy where the application is mounted, if it is told to', () => {
  const mounts: string[] = [];
  const app = {
    declared: [],
    staticRequests: 0,
    ask: ({ scriptName }: { readonly scriptName: string }) => mounts.push(scriptName) > 0,
  };
  const content = { kind: 'app', app: 'site', scriptName: '/own', folders: [], servesDeclared: false } as const;
  const ask = (value: string, path: string, believed: 'x-forwarded' | 'none', takes = true) => {
    const model = takes ? ({ ...content, takesScriptName: true } as const) : content;
    const mounted = new AppContent(model, app as unknown as AppService, () => undefined);
    const block = fieldBlock([['SCRIPT_NAME', value]]);
    const origin = { ...new FakeExchange('a').origin, believed };
    mounted.answer(Object.assign(new FakeExchange('a'), { path, block, origin }));
    return mounts.at(-1);
  };
  deepEqual(
    [
      ...[
        ask('/shop', '/shop/a', 'x-forwarded'),
        ask('/shop/', '/shop', 'x-forwarded'),
        ask('/shop', '/a', 'x-forwarded'),
      ],
      ...[
        ask('/shop', '/shop/a', 'none'),
        ask('/shop', '/own/a', 'none'),
        ask('/shop', '/own/a', 'x-forwarded', false),
      ],
      ...[
        ask('//evil', '//evil/a', 'x-forwarded'),
        ask('/', '/own/a', 'x-forwarded'),
        ask('shop', '/own/a', 'x-forwarded'),
      ],
    ],
    ['/shop', '/shop', '', '', '/own', '/own', '', '', '/own'],
  );
});

test('AppContent serves the folders that its application has declared below the path at which it is mounted', () => {
  const asked: string[] = [];
  const shapes = [{ prefix: '/static/x', suffix: '', spans: 'nothing' }];
  const declared = [{ url: '/static/', root: '/nowhere', hashed: false, missing: 'next', asked: shapes }];
  const app = { declared, staticRequests: 0, ask: ({ path }: { readonly path: string }) => asked.push(path) > 0 };
  const content = { kind: 'app', app: 'site', scriptName: '/shop', folders: [], servesDeclared: true } as const;
  const mounted = new AppContent(content, app as unknown as AppService, () => undefined);
  for (const path of ['/shop/static/a', '/shop/static/x', '/static/a', '/shop/a']) {
    mounted.answer(Object.assign(new FakeExchange('a'), { path }));
  }
  // The disk is still asked for the first.
  deepEqual(asked, ['/shop/static/x', '/static/a', '/shop/a']);
  deepEqual(app.staticRequests, 1);
});
