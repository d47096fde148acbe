// `make npm`: builds the bundles and packs them as an npm package, which runs by the user's own Node.js.
// Usage: node tools/npm.ts [FOLDER]

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildBundles } from './build.ts';
import { runCommand } from './commands.ts';
import { checkNotices, NOTICES } from './third-party.ts';

const STAGE = 'var/npm-package';
export const NPM = '.venv/node/lib/node_modules/npm/bin/npm-cli.js';
/** What is in the package beside the bundles, by the same path as in a checkout. */
const FILES = [
  'LICENSE',
  NOTICES,
  'bin/launch.sh',
  'bin/portico',
  'build/cli',
  'build/edge',
  'node_modules/mime-db/LICENSE',
  'node_modules/mime-db/db.json',
  'node_modules/mime-db/package.json',
  'python/hand_over.py',
  'python/portico_worker',
];

/** Puts together what is packed, and gives the folder: from there it runs as it does where it is installed. */
export async function stageNpm(): Promise<string> {
  rmSync(STAGE, { recursive: true, force: true });
  checkNotices(await buildBundles('build'));
  for (const path of FILES) {
    mkdirSync(dirname(join(STAGE, path)), { recursive: true });
    cpSync(path, join(STAGE, path), { recursive: true, filter: (source) => !source.endsWith('__pycache__') });
  }
  cpSync('build/README.md', join(STAGE, 'README.md'));
  writeFileSync(join(STAGE, 'package.json'), `${JSON.stringify(packageFile(), null, 2)}\n`);
  return resolve(STAGE);
}

/** Packs into `folder`, and gives the path of the package. */
export async function packNpm(folder: string): Promise<string> {
  await stageNpm();
  mkdirSync(folder, { recursive: true });
  const command = [process.execPath, NPM, 'pack', '--silent', '--pack-destination', folder, `./${STAGE}`];
  const { ok, output } = await runCommand(command, true);
  const name = /^\S+\.tgz$/m.exec(output)?.[0];
  if (!ok || name === undefined) throw new Error(`the npm package could not be packed: ${output}`);
  return resolve(folder, name);
}

/** That of the checkout, less what is for those who work on it. The one dependency that is no part of the bundles goes along. */
function packageFile(): Readonly<Record<string, unknown>> {
  const { name, version, description, license, type, engines, bin, dependencies } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  ) as Readonly<Record<string, unknown>> & { readonly dependencies: Readonly<Record<string, string>> };
  return {
    ...{ name, version, description, license, type, engines, bin },
    os: ['linux', 'darwin'],
    keywords: ['asgi', 'django', 'fastapi', 'flask', 'python', 'server', 'wsgi'],
    files: ['bin', 'build', 'python', NOTICES],
    dependencies: { 'mime-db': dependencies['mime-db'] },
    bundleDependencies: ['mime-db'],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(await packNpm(process.argv[2] ?? 'dist'));
}
