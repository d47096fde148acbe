import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeSite, location } from '../plan/fake-site.ts';
import { answerEmptyGif } from './empty-gif.ts';

test('a pixel is answered to GET and HEAD, and nothing else is asked for', () => {
  const site = new FakeSite({ locations: [location('/')] }, { produceOf: () => answerEmptyGif });
  const got = site.ask('/');
  deepEqual(
    [got.status, got.field('content-type'), got.length, got.body.slice(0, 6)],
    [200, 'image/gif', 43, 'GIF89a'],
  );
  deepEqual(site.ask({ method: 'HEAD', path: '/' }).body, '');
  deepEqual(site.ask({ method: 'POST', path: '/' }).status, 405);
});
