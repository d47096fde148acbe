import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { inWordsOfFile } from './words-of-file.ts';

test('inWordsOfFile() names the key of portico.toml that a flag stands for', () => {
  equal(
    inWordsOfFile('0.0.0.0:80 is in use. Stop that program or choose another --bind'),
    '0.0.0.0:80 is in use. Stop that program or choose another "listen"',
  );
  equal(inWordsOfFile('--chdir: /x is not a folder'), '"folder" of the application: /x is not a folder');
  equal(
    inWordsOfFile('Start as root with --user NAME, or choose a higher port'),
    'Start as root with user = "NAME" in [server], or choose a higher port',
  );
});

test('inWordsOfFile() leaves flags of other programs as they are', () => {
  equal(
    inWordsOfFile('Make it again (python3 -m venv --clear x), or name a Python with --python'),
    'Make it again (python3 -m venv --clear x), or name a Python with "python" of the application',
  );
});
