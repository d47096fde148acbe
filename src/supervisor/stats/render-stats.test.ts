import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { renderStats } from './render-stats.ts';

const STATS = { version: 'a"b', locks: [], workers: [{ id: 1, vars: ['A=\n', ''], req_info: {} }], cores: [[1]] };
/** Lines of uWSGI 2.0.21, but for the tabs that it writes once more before the value of "req_info". */
const TEXT = `{
\t"version":"a\\"b",
\t"locks":[

\t],
\t"workers":[
\t\t{
\t\t\t"id":1,
\t\t\t"vars":[
"A=\\n",
""
\t\t\t],
\t\t\t"req_info":{

\t\t\t}
\t\t}
\t],
\t"cores":[
[1]
\t]
}`;

test('renderStats() writes lines as uWSGI does, or one without spaces', () => {
  equal(renderStats(STATS, false), TEXT);
  equal(renderStats(STATS, true), JSON.stringify(STATS));
  deepEqual(JSON.parse(renderStats(STATS, false)), STATS);
});
