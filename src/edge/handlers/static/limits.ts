export const STATIC_LIMITS = {
  /** 256 KiB: larger files are sent from disk, and this much takes in most scripts and style sheets of a site. */
  memoryFileBytesMax: 262_144,
  /** 16 MiB: what one edge thread keeps of small files. Django's admin is 2 MB. */
  memoryBytesMax: 16_777_216,
  /** 4 MiB: the same of files that applications name, by each of the two fields. Guarded files are seldom asked for again within a second. */
  namedMemoryBytesMax: 4_194_304,
  /** Files known at a time, large ones included. */
  entriesMax: 2048,
  /** What the rendered heads and the bookkeeping of one representation weigh, roughly. */
  representationOverheadBytes: 1024,
  /** A known file is trusted this long before its metadata is looked at again: the longest a stale file is served. */
  revalidateMs: 1000,
  /** A missing file is believed missing this long. */
  missingMs: 1000,
  /** Missing files remembered; asking for made-up names displaces only these. */
  missingMax: 1024,
  /** Longer names are looked up each time, so that made-up names cannot fill memory. */
  missingPathCharsMax: 512,
  /** The finest time stamp that some file systems keep (FAT, zip archives): changes within it can look like none. */
  timestampSlackMs: 2000,
  /** How often a file that changes while it is being read is read again. */
  readAttemptsMax: 3,
  /** Lookups under way on disk; Node has 4 threads for them, and each may hold a few descriptors. */
  loadsRunningMax: 32,
  /** Requests waiting for the disk; beyond it 503, for a disk that slow will not catch up. */
  waitingMax: 4096,
  /** Ranges of one request; a request for more gets the whole file (RFC 9110 14.2: egregious requests may be ignored). */
  rangesMax: 64,
  /** Accept-Encoding values whose meaning is remembered. Browsers send a handful. */
  acceptEncodingsMax: 256,
  /** Longer values are parsed each time. */
  acceptEncodingCharsMax: 256,
  /** Faults of one kind are logged at most this often. */
  faultLogMs: 1000,
} as const;
