// `make wheel`: builds the bundles and packs them as pyproject.toml says. The same sources give the same bytes.
// Usage: node tools/wheel.ts [FOLDER]

import { pathToFileURL } from 'node:url';
import { buildBundles } from './build.ts';
import { runCommand } from './commands.ts';
import { checkNotices } from './third-party.ts';

/** Packs into `folder`, and gives the path of the wheel. */
export async function buildWheel(folder: string): Promise<string> {
  checkNotices(await buildBundles('build'));
  const command = ['.venv/bin/python', '-m', 'hatchling', 'build', '--target', 'wheel', '--directory', folder];
  const { ok, output } = await runCommand(command, true);
  const path = /^\S+\.whl$/m.exec(output)?.[0];
  if (!ok || path === undefined) throw new Error(`the wheel could not be packed: ${output}`);
  return path;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(await buildWheel(process.argv[2] ?? 'dist'));
}
