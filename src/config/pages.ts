/** Where the documentation explains what is said in half a line. A test keeps each of these places in being. */
export const PAGES = {
  loading: 'docs/guide/workers.md#loaded-once-or-in-each-worker',
  accessFormat: 'docs/guide/logs.md#formats-of-your-own',
  static: 'docs/guide/static-files.md',
} as const;
