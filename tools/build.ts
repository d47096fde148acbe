// `make build`: the sources as JavaScript, one bundle for each process, in build/. What is imported late stays a file of its own.
// The bundle is as deep in its folder as the sources are in src/, so that paths from `import.meta.url` lead to the same files.
// Usage: node tools/build.ts [FOLDER]

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import { build } from 'esbuild';
import { packagedReadme } from './packaged-readme.ts';

/** The processes that run our code, each with the files that it is started from: edge threads are part of the edge. */
const PROCESSES: Readonly<Record<string, readonly string[]>> = {
  cli: ['src/cli/main.ts'],
  edge: ['src/edge/main.ts', 'src/edge/as-user.ts', 'src/edge/thread-entry.ts', 'src/edge/password-thread.ts'],
  supervisor: ['src/supervisor/run-as-user.ts'],
};

/**
 * Takes what our sources import of Node by `process.getBuiltinModule()`. An import gives a module all that the part of Node exports, and has
 * Node load what lies behind each export: with `node:fs` the line editor of its prompt. That took a start 5 ms in each process, and 1 MB of its memory.
 */
const TAKE_FROM_NODE: Plugin = {
  name: 'take-from-node',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => ({
      contents: takeFromNode(await readFile(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

/** `import net, { isIP as isAddress } from 'node:net';`, over as many lines as it may be. */
const IMPORT_OF_NODE = /^import (?!type )(?:(\w+)(?:, )?)?(\{[^}]*\})? ?from '(node:[\w/]+)';/gm;

/** Every line keeps its number, so that the source maps hold. */
export function takeFromNode(source: string): string {
  return source.replaceAll(IMPORT_OF_NODE, (_import, whole?: string, names?: string, part?: string) => {
    const taken = `process.getBuiltinModule('${part}')`;
    return [
      ...(whole === undefined ? [] : [`const ${whole} = ${taken};`]),
      ...(names === undefined ? [] : [`const ${names.replaceAll(/\bas\b/g, ':')} = ${taken};`]),
    ].join(' ');
  });
}

/** Names and lines stay as they are: a stack trace can be read without the source map, and the size is lost in that of Node. */
const OPTIONS: BuildOptions = {
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  // The oldest that `engines` in package.json lets run.
  target: 'node24.12',
  outbase: 'src',
  entryNames: '[dir]/[name]',
  // In files of their own. Nothing reads them unless a stack trace is to be translated.
  sourcemap: 'linked',
  sourcesContent: false,
  // The licences of what is bundled stand whole in a file beside the bundle.
  legalComments: 'none',
  metafile: true,
  plugins: [TAKE_FROM_NODE],
  logLevel: 'warning',
};

/**
 * Stands first in each file of the command line, whichever of them Node runs first, in words that the oldest one understands: a Node that is too
 * old is told so, and not what it stumbles over.
 */
function refuseOlderThan(oldest: string): string {
  const [major, minor] = oldest.split('.');
  const message = tooOld('" + process.execPath + "', '" + process.versions.node + "', oldest);
  return `{
  const [major, minor] = process.versions.node.split(".");
  if (major < ${major} || (major == ${major} && minor < ${minor})) {
    process.stderr.write("${message}\\n");
    process.exit(1);
  }
}`;
}

function tooOld(program: string, version: string, oldest: string): string {
  return `portico: ${program} is Node.js ${version}, and Portico needs ${oldest} or later.`;
}

/** Bundles into `folder`, which is emptied before, and tells what went in. The package.json is that of the installed program. */
export async function buildBundles(folder: string): Promise<Metafile> {
  rmSync(folder, { recursive: true, force: true });
  const { name, version, license, type, engines } = JSON.parse(readFileSync('package.json', 'utf8')) as PackageFile;
  const banner = refuseOlderThan(engines.node.replace('>=', ''));
  const whole: Metafile = { inputs: {}, outputs: {} };
  for (const [process, entryPoints] of Object.entries(PROCESSES)) {
    const { metafile } = await build({
      ...OPTIONS,
      entryPoints: [...entryPoints],
      outdir: folder,
      chunkNames: join(process, '[name]-[hash]'),
      ...(process === 'cli' && { banner: { js: banner } }),
    });
    Object.assign(whole.inputs, metafile?.inputs);
    Object.assign(whole.outputs, metafile?.outputs);
    Object.keys(metafile?.outputs ?? {})
      .filter((path) => path.endsWith('.js'))
      .forEach(keepToAscii);
  }
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ name, version, license, type, engines }, null, 2)}\n`,
  );
  writeFileSync(join(folder, 'README.md'), packagedReadme(readFileSync('README.md', 'utf8')));
  return whole;
}

/**
 * V8 keeps the source as long as the program runs, in two bytes a character if a single one is not of Latin-1, such as an ellipsis in a comment: that was
 * half a megabyte in each edge thread. The escape that takes its place means the same wherever there is one (esbuild leaves them in comments only).
 */
function keepToAscii(path: string): void {
  const toEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/[\u0080-\uffff]/g, toEscape));
}

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly type: string;
  readonly engines: { readonly node: string };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildBundles(resolve(process.argv[2] ?? 'build'));
}
