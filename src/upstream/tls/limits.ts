export const UPSTREAM_TLS_LIMITS = {
  /** Sessions of a policy that are kept, one for each server and name: 2 to 4 KB each. */
  sessionsMax: 256,
  /** Contexts of a policy whose certificate is chosen by variables: 50 to 100 KB each. */
  contextsMax: 64,
  /** How long a certificate whose name has variables is in use before its file is looked at again. */
  fileTrustMs: 1000,
  /** A file of a certificate or key is no longer than this. */
  fileBytesMax: 1_048_576,
} as const;
