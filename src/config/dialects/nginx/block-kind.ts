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
  'upstream',
  'stream',
  'stream-server',
  'stream-upstream',
  'mail',
  'mail-server',
  'entries',
] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];
