import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReleaseWatch } from './release-watch.ts';

test('ReleaseWatch tells of each release that comes under a running server, once', () => {
  const said: string[] = [];
  let there: string | undefined = '1.0.0';
  const watch = new ReleaseWatch({ say: (level, text) => said.push(`${level} ${text}`) }, () => {
    if (there === undefined) throw new Error('there is no such file');
    return there;
  });
  const told = (version: string | undefined): number => {
    there = version;
    watch.look();
    return said.length;
  };
  assert.equal(told('1.0.0'), 0);
  assert.equal(told(undefined), 0, 'while the files are replaced');
  assert.equal(told('1.1.0'), 1);
  assert.equal(told('1.1.0'), 1);
  assert.equal(told('1.2.0'), 2);
  assert.match(said[0] ?? '', /^warning Portico 1\.1\.0 was installed under the server .* Start the server anew$/);
});
