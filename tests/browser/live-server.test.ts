// Playwright against the live server of the pytest plugin.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { runPytest } from '../frameworks/run-pytest.ts';

const CHROMIUM = '/usr/bin/chromium';

test('Playwright signs in to the admin of a live server', async () => {
  assert.ok(existsSync(CHROMIUM), `this test needs ${CHROMIUM} (on Debian: apt install chromium)`);
  const { code, said } = await runPytest('suite_browser.py');
  assert.equal(code, 0, said);
});
