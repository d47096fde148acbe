/**
 * Loaded before a test file: its results are written before it goes on. A file that is made to exit loses what its standard output has not
 * taken by then, and a pipe takes no more than its reader keeps up with.
 */

interface Handle {
  readonly setBlocking?: (blocks: boolean) => number;
}

(process.stdout as unknown as { readonly _handle?: Handle })._handle?.setBlocking?.(true);
