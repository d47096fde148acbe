/** Messages that name flags, for whoever has written a portico.toml and no flag: what is meant is a key of that file. */

const KEYS: Readonly<Record<string, string>> = {
  bind: '"listen"',
  chdir: '"folder" of the application',
  python: '"python" of the application',
  'env-file': '"env-file" of the application',
  env: '"env" of the application',
  static: '"static"',
  workers: '"workers"',
  timeout: '"timeouts.request"',
  'start-timeout': '"timeouts.start"',
  'graceful-timeout': '"timeouts.graceful"',
  'max-memory': '"recycle.memory"',
  user: '"user" of [server]',
  group: '"group" of [server]',
  'pid-file': '"pid-file" of [server]',
  'log-file': '"log-file" of [server]',
  'access-log': '"access-log"',
  'reload-dir': '"folders" of [development]',
};

/** Flags of other programs, as in `python3 -m venv --clear`, stay as they are. */
export function inWordsOfFile(text: string): string {
  return text
    .replaceAll(/--(user|group) NAME\b/g, '$1 = "NAME" in [server]')
    .replaceAll(/--([a-z][a-z-]*)\b/g, (flag, name: string) => KEYS[name] ?? flag);
}
