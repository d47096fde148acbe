import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultRow } from './report.ts';
import { faultsOf, renderReport } from './report.ts';

const SEEN = { endings: new Map([['502 whole', 20]]), words: new Map([['[error] upstream | closed', 20]]) };
const ROW: FaultRow = {
  kind: { name: 'closes', what: 'closes without an answer', protocols: ['http'], serve: () => undefined },
  ...{ protocol: 'http', count: 10_000, byNginx: SEEN, byPortico: SEEN },
  ...{ openFiles: 1, memoryMb: -3.04, active: 0, spooled: 0, afterwards: '200 whole' },
};

test('what ends as with nginx, and of which nothing stays, is no fault', () => {
  deepEqual(faultsOf(ROW), []);
  const page = renderReport([ROW], { startMb: 80, endMb: 90 });
  match(page, /^\| closes without an answer \| http \| 10000 \| 502 whole \| 502 whole \| \+1 \| -3\.0 \|$/m);
  match(page, /&#124; closed/);
});

test('another end, descriptors, memory, requests and files that stay are faults, but for ends that are meant', () => {
  const other = { ...SEEN, endings: new Map([['504 whole', 1]]) };
  const bad = { ...ROW, byPortico: other, openFiles: 29, memoryMb: 500, active: 1, spooled: 2, afterwards: 'none' };
  deepEqual(faultsOf(bad), [
    'ends with 504 whole, with nginx 502 whole',
    '29 descriptors stay',
    '500.0 MB stay',
    '1 requests are counted as active',
    'requests behind it end with none',
    '2 files stay',
  ]);
  deepEqual(faultsOf({ ...ROW, byPortico: other, kind: { ...ROW.kind, differs: 'it is meant' } }), []);
});
