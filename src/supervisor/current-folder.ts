import { realpathSync } from 'node:fs';

/** Why there is none. */
export const NO_FOLDER =
  'the current folder is not there any more. Go to the site again (cd), also if it is one of the same name';

/**
 * The current folder by the name it was entered by: of a deployment's `current` link the link is kept, so that a reload finds the new
 * release behind it.
 */
export function currentFolder(env: NodeJS.ProcessEnv): string | undefined {
  const actual = actualFolder();
  const named = env['PWD'] ?? '';
  try {
    return named.startsWith('/') && realpathSync(named) === actual ? named : actual;
  } catch {
    return actual;
  }
}

/** A shell stays in a folder that a deployment has removed, or replaced by another of the same name. */
function actualFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
