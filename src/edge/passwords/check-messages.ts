/** What an edge thread and the thread that checks its passwords say to each other. */

export interface CheckRequest {
  readonly id: number;
  /** Each character is a byte. */
  readonly password: string;
  readonly stored: string;
}

export interface CheckReply {
  readonly id: number;
  readonly isRight: boolean;
}

/** The thread, as far as it matters here. */
export interface CheckThread {
  send(request: CheckRequest): void;
}

export interface CheckThreadEvents {
  onReply(reply: CheckReply): void;
  onEnd(): void;
}

export type StartCheckThread = (events: CheckThreadEvents) => CheckThread;
