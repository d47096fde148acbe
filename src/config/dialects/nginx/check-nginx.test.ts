import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { SEVERITY_WORDS } from '../../source-excerpt.ts';
import { checkNginx } from './check-nginx.ts';
import { fakeFiles } from './fake-files.ts';
import { TRAPS } from './traps/trap-codes.ts';

/** A case a file: what is read, a line of hyphens, and what is told of it. UPDATE_GOLDENS=1 writes the second part anew; read what it writes. */
const FOLDER = `${import.meta.dirname}/../../../../tests/goldens/nginx-check`;
const SEPARATOR = '----------\n';
/** What a directive means here is told of each file that has it, and is no matter of a case. */
const ABOUT_PORTICO = new Set(['nginx.later', 'nginx.accepted', 'nginx.own-file']);
const SITE = '/etc/nginx/sites-enabled/site';

function told(text: string): string {
  const { diagnostics } = checkNginx(SITE, fakeFiles({ [SITE]: text }));
  return diagnostics
    .filter(({ code }) => !ABOUT_PORTICO.has(code))
    .map(({ severity, code, place, message }) => {
      const where = place.kind === 'file' ? `${place.line}:${place.column}` : '-';
      return `${SEVERITY_WORDS[severity]} ${code} ${where} ${message}\n`;
    })
    .join('');
}

const cases = readdirSync(FOLDER).filter((name) => name.endsWith('.golden'));

for (const name of cases) {
  test(`checkNginx() tells of ${name.replace('.golden', '').replaceAll('-', ' ')} what the golden file says`, () => {
    const path = `${FOLDER}/${name}`;
    const [input = '', expected] = readFileSync(path, 'utf8').split(SEPARATOR);
    const found = told(input);
    if (process.env['UPDATE_GOLDENS'] === '1') {
      writeFileSync(path, `${input}${SEPARATOR}${found}`);
    } else {
      assert.equal(found, expected);
    }
  });
}

test('every trap of the table has a golden file', () => {
  const all = cases.map((name) => readFileSync(`${FOLDER}/${name}`, 'utf8')).join('');
  const missing = Object.keys(TRAPS).filter((code) => !all.includes(` ${code} `));
  assert.deepEqual(missing, []);
});

test('checkNginx() tells of a thousand sites with the same traps all of them, of each code', () => {
  const site = 'server { listen 80; server_name a; root /srv/a; location /m { alias /srv/m/; } }\n';
  const { diagnostics } = checkNginx(SITE, fakeFiles({ [SITE]: site.repeat(1200) }));
  const countOf = (wanted: string): number => diagnostics.filter(({ code }) => code === wanted).length;
  assert.equal(countOf('trap.dotfiles'), 1200);
  assert.equal(countOf('trap.alias-traversal'), 1200);
});

test('checkNginx() looks for no traps where none are wanted, and tells what is wrong all the same', () => {
  const text = 'server {\n  rooot /srv;\n}\nserver {\n  root /srv/a;\n}\n';
  const { diagnostics } = checkNginx(SITE, fakeFiles({ [SITE]: text }), { wantsTraps: false });
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['nginx.unknown-directive'],
  );
});

test('checkNginx() reads a whole configuration once', () => {
  let lists = 0;
  const files = fakeFiles({ [SITE]: 'events {}\nhttp {\n  include sites/*;\n}\n' });
  const listFolder = (): readonly string[] => {
    lists += 1;
    return [];
  };
  checkNginx(SITE, { readFile: (path) => files.readFile(path), listFolder });
  assert.equal(lists, 1);
});
