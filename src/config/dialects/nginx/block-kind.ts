/** Where directives are. What `types`, `map` and their like hold are no directives but entries. */
export const BLOCK_KINDS = [
  'main',
  'events',
  'http',
  'server',
  'location',
  'server-if',
  'location-if',
  'limit_except',
  'python_app',
  'upstream',
  'stream',
  'stream-server',
  'stream-upstream',
  'mail',
  'mail-server',
  'entries',
] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** How blocks are called when people are told where a directive belongs. */
export const BLOCK_NAMES: Readonly<Record<BlockKind, string>> = {
  main: 'the top level',
  events: '"events"',
  http: '"http"',
  server: '"server"',
  location: '"location"',
  'server-if': '"if" in a server',
  'location-if': '"if" in a location',
  limit_except: '"limit_except"',
  python_app: '"python_app"',
  upstream: '"upstream"',
  stream: '"stream"',
  'stream-server': '"server" in "stream"',
  'stream-upstream': '"upstream" in "stream"',
  mail: '"mail"',
  'mail-server': '"server" in "mail"',
  entries: 'a block of entries',
};
