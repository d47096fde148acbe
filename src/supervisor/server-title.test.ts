import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTitle, TitleWriter } from './server-title.ts';

test('parseTitle() reads what TitleWriter has written', () => {
  const titles: string[] = [];
  const writer = new TitleWriter('portico serve shop.wsgi', (title) => titles.push(title));
  for (const [reloadCount, reload] of [
    [0, 'done'],
    [1, 'runs'],
    [1, 'failed'],
    [2, 'runs'],
    [3, 'done'],
    [4, 'broken'],
  ] as const) {
    writer.tell({ reloadCount, reload, isStopping: false });
  }
  writer.tell({ reloadCount: 4, reload: 'done', isStopping: true });
  assert.deepEqual(titles, [
    'portico serve shop.wsgi',
    'portico serve shop.wsgi (reload 1 runs)',
    'portico serve shop.wsgi (reload 1 failed)',
    'portico serve shop.wsgi (reload 2 runs)',
    'portico serve shop.wsgi (reload 3 done)',
    'portico serve shop.wsgi (reload 4 broken)',
    'portico serve shop.wsgi (stops)',
  ]);
  assert.deepEqual(parseTitle(`${titles[2]}\0\0\0`), { reloadCount: 1, reload: 'failed', isStopping: false });
  assert.deepEqual(parseTitle(titles[0] ?? ''), { reloadCount: 0, reload: 'done', isStopping: false });
  assert.equal(parseTitle(titles[5] ?? '')?.reload, 'broken');
  assert.equal(parseTitle(titles.at(-1) ?? '')?.isStopping, true);
});

test('a server by the command line of gunicorn is known by the title that gunicorn gives itself', () => {
  assert.equal(parseTitle('gunicorn: master [shop] (reload 2 failed)')?.reload, 'failed');
});

test('a server without a name of its application has a title too, and others have none of ours', () => {
  const titles: string[] = [];
  new TitleWriter('portico serve', (title) => titles.push(title)).tell({
    reloadCount: 1,
    reload: 'runs',
    isStopping: false,
  });
  assert.deepEqual(titles, ['portico serve (reload 1 runs)']);
  assert.ok(parseTitle('portico serve\0'));
  for (const other of ['', 'portico: edge', 'portico server', 'vi portico serve', 'portico\0serve\0shop']) {
    assert.equal(parseTitle(other), undefined, other);
  }
});
