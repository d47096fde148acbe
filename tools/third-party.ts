// What of others is in the installed program, and on what terms: THIRD-PARTY-NOTICES.txt, which goes with it.
// Usage: node tools/third-party.ts, which writes the file anew.

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Metafile } from 'esbuild';

export const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/** Packages that are not bundled but carried as they are (pyproject.toml names their files). */
const CARRIED = ['mime-db'];
/**
 * Licences whose only condition for a copy is that their text goes with it; of Apache-2.0, which is our own, also a file NOTICE, if there is one. Another one is a
 * decision, so it stops the build.
 */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);

/** The packages of which something is in the bundles or beside them. */
export function packagesIn({ inputs }: Pick<Metafile, 'inputs'>): string[] {
  const bundled = Object.keys(inputs).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return [...new Set([...CARRIED, ...bundled])].sort();
}

export function renderNotices(packages: readonly string[]): string {
  const head = 'Portico contains work of others, in whole or in part, under these terms.\n';
  return [head, ...packages.map(renderPackage)].join(`\n${'-'.repeat(78)}\n\n`);
}

/** Throws if the file does not say what is in the bundles, or something is in them that may not be. */
export function checkNotices(bundles: Pick<Metafile, 'inputs'>): void {
  if (readFileSync(NOTICES, 'utf8') !== renderNotices(packagesIn(bundles))) {
    throw new Error(`${NOTICES} is not that of the packages that are bundled: run node tools/third-party.ts`);
  }
}

function renderPackage(name: string): string {
  const folder = join('node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly license: string;
  };
  const [file] = globSync(join(folder, '{LICENSE,LICENCE,COPYING}*'));
  if (globSync(join(folder, 'NOTICE*')).length > 0) {
    throw new Error(`${name} ${version} has a file NOTICE, which has to go with it`);
  }
  if (!ALLOWED.has(license) || file === undefined) {
    throw new Error(
      `${name} ${version}: the licence "${license}" is not among those that may be bundled, or has no file`,
    );
  }
  return `${name} ${version} (${license})\n\n${readFileSync(file, 'utf8').trim()}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { buildBundles } = await import('./build.ts');
  writeFileSync(NOTICES, renderNotices(packagesIn(await buildBundles('build'))));
}
