// Every configuration that a page shows is read by the program that it is for, where this machine has that program.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { defaultModel } from '../../src/cli/files/default-model.ts';
import { renderDiagnostic } from '../../src/config/diagnostic.ts';
import { readTomlModel } from '../../src/config/toml/read-model.ts';
import { success } from '../../src/kernel/outcome.ts';
import type { Block } from './markdown.ts';
import { readPage } from './markdown.ts';

const BLOCKS = globSync('docs/**/*.md', { exclude: ['docs/plans'] })
  .sort()
  .flatMap((path) => readPage(path).blocks.map((block) => ({ ...block, at: `${path}:${block.line}` })));
const NGINX = '/usr/sbin/nginx';
const CADDY = '/usr/bin/caddy';
const SYSTEMD = '/usr/bin/systemd-analyze';
/** What reads a block of the language from its standard input, without running it. */
const SYNTAX: Readonly<Record<string, readonly [string, ...string[]]>> = {
  sh: ['/bin/bash', '-n'],
  python: ['.venv/bin/python', '-c', 'import ast, sys; ast.parse(sys.stdin.read())'],
};
const IS_BUILD_MACHINE = process.env['CI'] !== undefined;

const folder = mkdtempSync(join(tmpdir(), 'portico-configurations-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('nginx reads what is for nginx', { skip: isMissing(NGINX) }, () => {
  const of = (part: string): string => take('nginx', (block) => block.words.get('conf') === part).join('\n');
  const file = join(folder, 'nginx.conf');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  // A site whose address is a socket of the test's: port 80 is root's, or somebody's.
  const sites = of('site').replaceAll('listen 80;', `listen unix:${folder}/front.sock;`);
  writeFileSync(
    file,
    `pid ${folder}/nginx.pid;
     events {}
     http {
       access_log off;
       ${paths.join('\n')}
       ${of('http')}
       ${sites}
       server { listen unix:${folder}/other.sock; ${of('location')} }
     }`,
  );
  const { status, stderr } = spawnSync(NGINX, ['-t', '-p', folder, '-e', 'stderr', '-c', file], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.equal(stderr.match(/\[warn\]/)?.[0], undefined, stderr);
});

test('Caddy reads what is for Caddy', { skip: isMissing(CADDY) }, () => {
  const file = join(folder, 'Caddyfile');
  for (const text of take('caddy', () => true)) {
    writeFileSync(file, text);
    const { status, stderr } = spawnSync(CADDY, ['validate', '--adapter', 'caddyfile', '--config', file], {
      encoding: 'utf8',
      env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    });
    assert.equal(status, 0, `${text}\n${stderr}`);
    // In Caddy's own form, but for the spaces in place of tabs.
    const formatted = execFileSync(CADDY, ['fmt', file], { encoding: 'utf8' });
    assert.equal(formatted.replaceAll('\t', '    '), text);
  }
});

test('systemd reads what is for systemd', { skip: isMissing(SYSTEMD) }, () => {
  const units = BLOCKS.filter(({ words }) => words.has('unit'));
  assert.ok(units.length >= 2);
  const paths = units.map(({ words, text }) => {
    const path = join(folder, words.get('unit') ?? '');
    // The site of the page is not on this machine.
    writeFileSync(path, text.replaceAll(/\/(?:srv\/shop\/\.venv|opt\/portico)\/bin\/portico/g, '/bin/true'));
    return path;
  });
  const { stderr, stdout } = spawnSync(SYSTEMD, ['verify', '--recursive-errors=no', '--man=no', ...paths], {
    encoding: 'utf8',
  });
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => paths.some((path) => line.startsWith(path)));
  assert.deepEqual(lines, []);
});

test('Dockerfiles have no faults, and leave to variables what platforms set by them', () => {
  for (const text of take('dockerfile', () => true)) {
    assert.deepEqual(
      validate(text).map(({ message }) => message),
      [],
    );
    // A flag would win over PORT, over PORTICO_FORWARDED_ALLOW_IPS and the like.
    assert.match(text, /^CMD \["portico", "serve", "[\w.:]+"\]$/m);
  }
});

test('what is a portico.toml can be run', async () => {
  const defaults = defaultModel({ env: {}, coreCount: 2 }, '/srv');
  for (const text of take('toml', () => true)) {
    const { diagnostics } = await readTomlModel('/srv/portico.toml', {
      readText: () => success(text),
      readSecret: () => success('secret'),
      glob: () => [],
      env: { DATABASE_URL: 'sqlite:///db' },
      defaults,
    });
    assert.deepEqual(diagnostics.map(renderDiagnostic), [], text);
  }
});

test('compose files and pods are YAML that names what runs', () => {
  const nameRuns: Readonly<Record<string, (document: Readonly<Record<string, unknown>>) => unknown>> = {
    compose: ({ services }) => Object.keys(services as object)[0],
    kubernetes: ({ spec }) => (spec as { containers: { image: string }[] }).containers[0]?.image,
  };
  for (const [kind, nameRun] of Object.entries(nameRuns)) {
    for (const text of take('yaml', ({ words }) => words.has(kind))) {
      assert.ok(nameRun(parse(text) as Readonly<Record<string, unknown>>) !== undefined);
    }
  }
});

test('commands and Python on the pages have no fault of syntax', () => {
  for (const { language, text, at } of BLOCKS) {
    const command = SYNTAX[language];
    if (command === undefined) continue;
    const { status, stderr } = spawnSync(command[0], command.slice(1), { input: text, encoding: 'utf8' });
    assert.equal(status, 0, `${at}: ${stderr}`);
  }
});

test('every block says what it is, if it is a configuration', () => {
  const known = /^(sh|text|python|css|nginx|caddy|ini|dockerfile|toml|yaml|)$/;
  assert.deepEqual(
    BLOCKS.filter(({ language }) => !known.test(language)).map(({ at, language }) => `${at}: ${language}`),
    [],
  );
  const nameless = BLOCKS.filter(
    ({ language, text }) =>
      language === '' && /^(server|location|upstream|map|\[Unit\]|\[Service\]|FROM) ?/m.test(text),
  );
  assert.deepEqual(
    nameless.map(({ at }) => at),
    [],
  );
});

/** A build machine has them all: there a program that is missing is a failure, elsewhere the test does not run. */
function isMissing(program: string): string | false {
  return existsSync(program) || IS_BUILD_MACHINE ? false : `there is no ${program}`;
}

function take(language: string, isWanted: (block: Block) => boolean): string[] {
  const texts = BLOCKS.filter((block) => block.language === language && isWanted(block)).map(({ text }) => text);
  assert.ok(texts.length > 0, `no page has a block of ${language}`);
  return texts;
}
