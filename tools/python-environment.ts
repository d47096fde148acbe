import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCommand } from './commands.ts';

/** Makes a virtual environment, if it is not there with just these packages. Gives what went wrong, if anything did. */
export async function makeEnvironment(python: string, home: string, requirements: string): Promise<string | undefined> {
  const stamp = join(home, 'stamp');
  const wanted = `${python}\n${readRequirements(requirements)}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const steps = [
    [python, '-m', 'venv', home],
    [join(home, 'bin/python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
  ];
  for (const command of steps) {
    const { ok, output } = await runCommand(command, true);
    if (!ok) return `${command.join(' ')}: ${output.trim().split('\n').at(-1) ?? ''}`;
  }
  writeFileSync(stamp, wanted);
  return undefined;
}

/** The text of the file and of those that it names by `-r`. */
function readRequirements(path: string): string {
  const text = readFileSync(path, 'utf8');
  const named = [...text.matchAll(/^-r (\S+)/gm)].map(([, name = '']) => join(dirname(path), name));
  return [text, ...named.map(readRequirements)].join('');
}
