// Which Python runs the site: an environment that cannot be used is told of, and the error of a missing module says where it was looked for.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch, makeFolder } from './server.ts';

const APP = 'import nothing_of_this_name';

test('a site whose environment is broken is not run by another Python', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, '.venv/bin'), { recursive: true });
  symlinkSync('/usr/bin/python3.1', join(folder, '.venv/bin/python'));
  await using server = launch({ app: APP, folder });
  assert.equal(await server.exit, 2);
  assert.match(
    server.log,
    /the virtual environment \S+\/\.venv cannot be used: \S+ is a link to \/usr\/bin\/python3\.1, which is/,
  );
});

for (const args of [[], ['--no-preload'], ['--check']]) {
  test(`a module that is missing: the Python is named ${args.join()}`, async () => {
    await using server = launch({ app: APP, args });
    assert.equal(await server.exit, 3);
    const path = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
    const sentence = `the server cannot start: ModuleNotFoundError: No module named 'nothing_of_this_name'; it was looked for by ${path} (Python 3.`;
    assert.ok(server.log.includes(sentence), server.log);
    assert.match(
      server.log,
      /there is no \.venv beside the application\); install it there \(\S+ -m pip install, with the name of the package that has nothing_of_this_name\), or/,
    );
  });
}
