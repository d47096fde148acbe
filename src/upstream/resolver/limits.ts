export const RESOLVER_LIMITS = {
  /** A question that is not answered is put to the next name server, as nginx does. */
  askAgainMs: 5000,
  /** A name server that has not answered is asked last for so long: of two one may be away. */
  silentMs: 30_000,
  /** Names that a thread asks for at the same time, each with a socket or two for every name server. Names may come from clients: the one that has waited for the longest makes room, so that names whose server answers are found all the same. */
  questionsMax: 256,
  /** Datagrams from the address of the name server that are no answer to the question. Somebody guesses ids: after so many the question goes on over TCP, where guessing is in vain. */
  missesMax: 8,
  /** Addresses of name servers that a `resolver` has; a name of one may have several. */
  nameServersMax: 16,
  /** Names of name servers are looked up again after so long at the earliest, if none of them answers. */
  lookUpAgainMs: 10_000,
} as const;
