import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inHttp, readText } from '../fake-files.ts';
import { bodyFilesOf } from './body-files.ts';

const filesOf = (http: string): unknown => {
  const [draft] = readText(`events {} http { ${http} server { } }`).draft.children.flatMap(({ children }) => children);
  assert.ok(draft !== undefined);
  return bodyFilesOf(draft, '/srv/');
};

test('bodies are files if they are told to be, in the folder that is said', () => {
  assert.equal(filesOf('client_body_temp_path a;'), undefined);
  assert.deepEqual(filesOf('client_body_in_file_only clean;'), { areKept: false });
  assert.deepEqual(filesOf('client_body_in_file_only on;'), {
    areKept: true,
    folder: '/srv/client_body_temp',
    levels: [],
  });
  assert.deepEqual(filesOf('client_body_in_file_only clean; client_body_temp_path a 1 2;'), {
    areKept: false,
    folder: '/srv/a',
    levels: [1, 2],
  });
});

test('a folder is called by one to three digits', () => {
  const told = inHttp('client_body_temp_path /a 1 4;');
  assert.deepEqual(told, ['1:45 invalid value "4"']);
});
