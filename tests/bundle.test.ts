import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { nameSources } from '../src/supervisor/log/source-lines.ts';
import { buildBundles, takeFromNode } from '../tools/build.ts';
import { checkNotices, packagesIn } from '../tools/third-party.ts';

const home = mkdtempSync(join(tmpdir(), 'portico-bundle-'));
const bundles = join(home, 'build');
const metafile = await buildBundles(bundles);
for (const name of ['python', 'package.json', 'node_modules']) {
  symlinkSync(resolve(name), join(home, name));
}
after(() => rmSync(home, { recursive: true }));

test('what the processes are started from is where the sources have it', () => {
  for (const source of ['cli/main.ts', 'edge/main.ts', 'edge/thread-entry.ts', 'edge/password-thread.ts']) {
    assert.ok(existsSync(join('src', source)), source);
    assert.ok(existsSync(join(bundles, source.replace(/\.ts$/, '.js'))), source);
  }
});

test('every path that the code takes from its own place leads to a file', () => {
  const files = globSync(join(bundles, '*/*.js'));
  const paths = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/["'`](\.\.\/[^"'`]+\.py|\.\.?\/[^"'`]+\.json)["'`]/g)].map(
      ([, path = '']) => resolve(dirname(file), path),
    ),
  );
  assert.ok(paths.length >= 3, 'the paths are found');
  assert.deepEqual(
    paths.filter((path) => !existsSync(path)),
    [],
  );
});

test('every thread that is started has a file beside the code that starts it', () => {
  const files = globSync(join(bundles, '*/*.js')).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/new URL\(`\.\/([\w/-]+)\$\{/g)].map(([, name = '']) =>
      join(dirname(file), `${name}.js`),
    ),
  );
  assert.ok(files.length >= 2, 'the threads are found');
  assert.deepEqual(
    files.filter((file) => !existsSync(file)),
    [],
  );
});

test('what the sources import late, the bundle loads late', () => {
  const entries = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint !== undefined);
  assert.ok(entries.length > 10, 'commands and the like have files of their own');
  for (const [output, { entryPoint = '' }] of entries) {
    const needed = importedAtOnce(entryPoint, metafile.inputs);
    const files = importedAtOnce(output, metafile.outputs);
    const loaded = [...files].flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {}));
    assert.deepEqual(
      loaded.filter((source) => !needed.has(source)),
      [],
      entryPoint,
    );
  }
});

test('parts of Node are taken as they are, on the line of their import', () => {
  assert.equal(
    takeFromNode("import { a, b as c } from 'node:fs';"),
    "const { a, b : c } = process.getBuiltinModule('node:fs');",
  );
  assert.equal(
    takeFromNode("import net, {\n  isIP,\n} from 'node:net';\nimport type { Socket } from 'node:net';"),
    "const net = process.getBuiltinModule('node:net'); const {\n  isIP,\n} = process.getBuiltinModule('node:net');\nimport type { Socket } from 'node:net';",
  );
  for (const file of globSync(join(bundles, '*/*.js'))) {
    const imported = readFileSync(file, 'utf8').match(/^import (?!\().*"node:.*/gm) ?? [];
    assert.deepEqual(imported, [], file);
  }
});

test('V8 can keep every file in a byte a character', () => {
  for (const file of globSync(join(bundles, '*/*.js'))) {
    assert.doesNotMatch(readFileSync(file, 'latin1'), /[\u0080-\uffff]/, file);
  }
});

test('every file has its source map beside it, which names the sources', () => {
  for (const file of globSync(join(bundles, '*/*.js'))) {
    const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] };
    for (const source of sources) {
      assert.ok(existsSync(resolve(dirname(file), source)), `${source} of ${file}`);
    }
  }
});

test('the place of an error in a bundle is told by its source', () => {
  const source = 'src/edge/transport/http1-connection.ts';
  const file = Object.entries(metafile.outputs).find(([, { inputs }]) => inputs[source] !== undefined)?.[0] ?? '';
  const [before = ''] = readFileSync(file, 'utf8').split('Http1Connection = class');
  const line = before.split('\n').length;
  const [named, at] = nameSources(`${pathToFileURL(file).href}:${line}:1`, bundles).split(':');
  assert.equal(named, source);
  assert.match(readFileSync(source, 'utf8').split('\n')[Number(at) - 1] ?? '', /class Http1Connection/);
});

test('the bundle knows its version and reads settings', () => {
  const main = join(bundles, 'cli/main.js');
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  assert.equal(spawnSync(process.execPath, [main, '--version'], { encoding: 'utf8' }).stdout, `portico ${version}\n`);
  const { status, stderr } = spawnSync(process.execPath, [main, 'serve', 'app', '--workers', '0'], {
    encoding: 'utf8',
  });
  assert.equal(status, 2);
  assert.match(stderr, /^portico: .*--workers/m);
});

test('what is bundled of others is told with its licence', () => {
  assert.deepEqual(packagesIn(metafile), [
    'bcryptjs',
    'eslint-visitor-keys',
    'mime-db',
    'smol-toml',
    'toml-eslint-parser',
  ]);
  checkNotices(metafile);
});

test('a Node that is too old is told so', () => {
  const main = join(bundles, 'cli/main.js');
  const loaded = importedAtOnce(relative('.', main), metafile.outputs);
  assert.ok(loaded.size > 1, 'the files are found');
  for (const file of loaded) {
    const text = readFileSync(file, 'utf8');
    const { code } = transformSync(text, { target: 'node18', format: 'esm' });
    assert.equal(code, transformSync(text, { target: 'esnext', format: 'esm' }).code, `${file} is for a newer Node`);
  }
  for (const [version, status] of [
    ['24.11.1', 1],
    ['22.12.0', 1],
    ['24.12.0', 0],
    ['26.0.0', 0],
  ] as const) {
    const pretended = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
    const node = spawnSync(process.execPath, ['--import', `data:text/javascript,${pretended}`, main, '--version'], {
      encoding: 'utf8',
    });
    assert.equal(node.status, status, version);
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    const needed = `and Portico needs ${engines.node.slice('>='.length)} or later.`;
    assert.equal(node.stderr, status === 0 ? '' : `portico: ${process.execPath} is Node.js ${version}, ${needed}\n`);
  }
});

interface Module {
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
}

/** A module and what is loaded with it, however far. */
function importedAtOnce(
  path: string,
  modules: Readonly<Record<string, Module>>,
  seen = new Set<string>(),
): Set<string> {
  const { imports } = modules[path] ?? {};
  if (imports === undefined || seen.has(path)) return seen;
  seen.add(path);
  for (const { path: next, kind } of imports) {
    if (kind === 'import-statement') importedAtOnce(next, modules, seen);
  }
  return seen;
}
