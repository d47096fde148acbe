/** What a server in front says of a request besides its head, where the protocol between the two has room for it. It is believed, so only peers that may say it are asked. */
export interface FrontRequest {
  /** SCRIPT_NAME: the path that the server in front has mounted the application at, without a slash at its end. Each character is one byte. */
  readonly scriptName: string;
  /** The same as it belongs into a raw path that has lost it; '' where the path of the request has it still. */
  readonly takenAway: string;
  /** The path of the request is the mount itself: nothing is left behind it, not even a slash. */
  readonly isPathEmpty: boolean;
  /** REQUEST_URI: what the client has asked for, before anything was rewritten or taken away. '' where it was not said. */
  readonly target: string;
  /** Further variables as they come into the environ: `\0NAME\0value…`. None of them is one that the server has to say itself. */
  readonly variables: string;
}

/** All of the path that is in front of the application: by the server in front, and by the location here. */
export function mountOf({
  peer: { front },
  scriptName,
}: {
  readonly peer: { readonly front: FrontRequest | undefined };
  readonly scriptName: string;
}): string {
  return front === undefined ? scriptName : front.scriptName + scriptName;
}
