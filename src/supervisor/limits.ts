/** Every wait and size of the supervisor, with its reason. */
export const SUPERVISOR_LIMITS = {
  /** How long the edge may take to prepare a plan, or to change to it: a large configuration takes it a second or two. */
  planAnswerMs: 60_000,
  /** A worker that dies sooner after it was ready is replaced only after `backoffFirstMs`: no tight loop. */
  stableAfterMs: 250,
  backoffFirstMs: 100,
  backoffMaxMs: 30_000,
  /** So many workers that die before one is ready: the application does not run, and saying so beats trying for ever. */
  firstStartFailuresMax: 3,
  /** Between asking for tracebacks and SIGKILL: faulthandler writes them in a few milliseconds, a busy machine needs more. */
  tracebackMs: 500,
  /** How long a zygote that was told to stop has until it is killed. It kills its workers at once, and gives other children of its own half of this. */
  zygoteEndMs: 2_000,
  /** What a child has said before its end is read for so long, where another process holds its pipes open. */
  lastWordsMs: 100,
  /** How long processes that the application has left behind have between SIGTERM and SIGKILL … */
  leftBehindEndMs: 2_000,
  /** … and how often it is looked whether they have gone. */
  leftBehindPollMs: 50,
  /** After its time is over a worker runs its exit handlers for 2 s at the most, says what has not ended, and ends by itself. */
  workerEndMs: 3_000,
  /** So long after a quick stop was asked for, the edge and the zygotes are killed. */
  quickStopMs: 1_000,
  /** … and, where hooks of gunicorn's hear of it, until workers are killed: as gunicorn has it. */
  interruptMs: 2_000,
  /** From SIGABRT to SIGKILL, for a hook of gunicorn's that hears of a timeout: as gunicorn has it. */
  abortMs: 1_000,
  /** Added to our own timeouts when the service manager is asked for time to start or to end. */
  serviceMarginMs: 10_000,
  /** The edge cuts what is not finished at its deadline; only one that hangs is still there so much later. */
  edgeOverdueMs: 1_000,
  /** Load-table entries; 8 bytes for each of them and each edge thread. */
  slotsLeast: 1024,
  /** More of them, beside as many again as the applications of the start have: for those that a reload brings while those that it takes away finish. */
  slotsReserve: 2048,
  /** Applications that a new configuration does not name are kept so long for requests that had begun before, behind a rate or a slow `auth_request`. */
  leaveAfterMs: 60_000,
  /** An application that has joined in vain is killed with its workers; the next reload waits for that, but no longer than this. */
  dropMs: 5_000,
  /** So many times its start timeout a new application may take until all of its workers serve. */
  joinLoads: 3,
  /** How long a process may take to show logs to the edge: it does nothing but start … */
  showLogsMs: 10_000,
  /** … and how long it is there for an edge that opens logs again and says nothing of it. */
  shownLogsMs: 10_000,
  /** After an error of the supervisor's own, requests that run may go on for so long. */
  internalErrorEndMs: 5_000,
  /** When folders that killed servers have left are looked for a second time: those that were in use until now are then old enough to be judged. */
  staleFoldersAgainMs: 120_000,
  /**
   * Messages of a child in a second. Five hundred workers that start at once say some two thousand; what is beyond is a child that somebody else has taken over:
   * an edge is replaced then, and a zygote is read on in the next second.
   */
  messagesPerSecondMax: 10_000,
  messagePauseMs: 1_000,
  /** How long it may take to tell what it knows of workers and requests: a thread is asked between two turns of its loop. */
  reportMs: 1_000,
  /** So much time passes from one look at everything to the next, however many ask. */
  snapshotPauseMs: 20,
  /** Connections of the stats server at a time. One is over in a few milliseconds, unless its client does not read. */
  statsConnectionsMax: 256,
  /** How long one may last: uWSGI waits 4 s for a client that does not read. */
  statsConnectionMs: 5_000,
  /** How often the edge is asked whether it still turns. */
  edgeAskMs: 3_000,
  /** How often the supervisor looks at the clock when it has nothing to do: it must know whether it was itself stopped before it judges others. */
  lookEveryMs: 1_000,
  /** An address that a server of ours holds is tried again so often … */
  bindRetryMs: 50,
  /** … for so long, because that server may have been told to end just now … */
  bindPatienceMs: 1_000,
  /** … and for so long if it is ending. */
  bindEndingPatienceMs: 5_000,
  /** How often a new program looks whether the one before has ended: its pid file has another name until then. */
  predecessorPollMs: 250,
  /** Characters that a new program may have to say of its start, beside this one: its faults, a line each. */
  successorReportsMax: 262_144,
  /** After the start, what it has left in memory is collected: not before the first requests have had their answers. */
  collectAfterMs: 2_000,
  /** How often it is looked whether there are as many workers as there is work for … */
  scalingEveryMs: 500,
  /** … and while an application has none. */
  scalingAsleepMs: 50,
  /** How often it is looked whether a file was touched: as often as uWSGI's master looks. */
  touchPollMs: 1_000,
  /** How often the memory of workers is looked at. */
  memoryPollMs: 5_000,
  /** How often it is looked whether Unix sockets are still where clients find them. */
  socketPollMs: 10_000,
  /** How often it is looked whether the terminal is still there. After two looks a SIGHUP has nothing to do with its end any more. */
  terminalPollMs: 1_000,
  /** How often it is looked whether the certificate has been renewed. */
  certificatePollMs: 50_000,
  /** So long after a change the files are read, by when certificate and key should both be there. With the time above it is a minute. */
  certificateSettleMs: 5_000,
  /** How often it is looked whether an authority is to be asked about a certificate. */
  staplePollMs: 1_000,
  /** As long as nginx waits for one. */
  stapleAskMs: 60_000,
  /** Authorities that are asked at a time: a thousand sites may have one. */
  stapleAsksMax: 8,
  /** An answer is renewed so long before it ends … */
  stapleAheadMs: 300_000,
  /** … and in any case so often … */
  stapleEveryMs: 3_600_000,
  /** … but not more often than this, as after a failure. */
  stapleAgainMs: 300_000,
  /** After a failure where no answer is at hand: there are certificates that clients refuse without one. */
  stapleFirstMs: 60_000,
  /** How often it is looked whether a key of tickets has sealed for as long as it may: a second is the shortest life of a session. */
  ticketKeyPollMs: 1_000,
  /** How often it is told that the certificate is about to expire. */
  certificateWarnMs: 86_400_000,
  /** An application's line that is longer is cut into pieces of this size. */
  logLineBytesMax: 65_536,
  /** Lines that belong together are one event of at most so many characters: what collectors of logs take in one piece. */
  logEventCharactersMax: 65_536,
  /**
   * An object of JSON that the application prints, and that has more levels, stays text: readers of the log give up on deep ones (System.Text.Json
   * at 64, Python's at a thousand), and a client may have written it.
   */
  logFieldsDepthMax: 50,
  /** Entries of one process that have begun and not ended; it has as many threads that fail at the same moment. */
  logEntriesOpenMax: 64,
  /** An entry of a worker is shorter than this by itself (report.py). */
  logEntryBytesMax: 524_288,
  /** Text without an end of line is written after so long, and lines that more may belong to. */
  logPartialMs: 200,
  /** Log bytes that wait for a slow reader; beyond it lines are dropped and counted. */
  logPendingBytesMax: 8_388_608,
  /** PIPE_BUF of Linux; 512 is the least that POSIX allows. */
  logPieceBytesMax: 4096,
  /** At the end, how long the log may take to be written. */
  logFlushMs: 500,
  /** Of the log that is kept in memory for `portico logs`: some two thousand lines. */
  logRingBytes: 262_144,
  /** Commands of operators at a time. Each may wait for long, as `logs -f` does. */
  commandsMax: 64,
  /** A command says at once what it wants. */
  commandAskMs: 5_000,
  /** Answers that wait for a command that does not read them; beyond it lines of the log are dropped and counted … */
  commandPendingBytesMax: 262_144,
  /** … and after so long without having read anything its connection is closed. */
  commandReadMs: 60_000,
  /** How often it is looked whether the control socket is still where commands find it. */
  controlSocketPollMs: 30_000,
  /** A connection of gunicornc that says nothing is closed after so long, as gunicorn does. */
  gunicornControlIdleMs: 300_000,
  /** How often it is noted how many requests there were, for whoever asks how many a second there are. */
  requestSampleMs: 5_000,
  /** A control socket that nobody answers at, and that was not made just now, is of a server that is gone. */
  controlSocketYoungMs: 10_000,
  /** How long a worker may take to write its tracebacks when an operator asks for them: faulthandler needs milliseconds, a busy machine more. */
  traceMs: 3_000,
  /** Tracebacks are whole when so long nothing more has come. */
  traceSilenceMs: 200,
  /** Lines of them: faulthandler writes at most a hundred threads of a hundred calls. */
  traceLinesMax: 20_000,
  /** Signals for a reload that come within so long after one are one more: hundreds a second would have the supervisor do nothing but start Pythons. */
  reloadGatherMs: 500,
  /** Editors write files in several steps. */
  reloadDebounceMs: 100,
  /** Folders that are watched with --reload: the kernel keeps about 1 KB for each. */
  watchedFoldersMax: 10_000,
  /** Where the kernel does not tell of changes, files are looked at so often … */
  watchPollMs: 1_000,
  /** … but for no more than this part of the time, however many they are. */
  watchPollShare: 0.05,
} as const;
