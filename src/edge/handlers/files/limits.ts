export const FILES_LIMITS = {
  /** Entries of a folder that are looked at together: so many calls wait in Node's thread pool, which files are read by too. */
  statsTogether: 64,
  /** A list of so many is 20 MB; nobody reads a longer one, and its folder is not one to be listed. */
  listedEntriesMax: 100_000,
  /** Folders that are read for a list at a time. Requests for one that is being read share it. */
  listsRunningMax: 4,
  /** Requests that wait for a list; beyond it 503. */
  listsWaitingMax: 256,
  /** Lists whose clients have not taken them yet, of each thread; beyond it 503. Of a folder of 100,000 entries sixty stalled clients held 1.4 GB. */
  listsLeavingBytesMax: 67_108_864,
  /** Entries that are sorted or rendered in one go: about 2 ms. */
  entriesAtATime: 2000,
  /** Longer names of a JSONP callback are refused, as by nginx. */
  callbackCharsMax: 128,
} as const;
