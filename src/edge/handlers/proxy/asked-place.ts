/** What of a request's target the request itself has to do with: the names that it says of the server, and the path there. */

export interface AskedPlace {
  /** $proxy_host: as Host has it unless `proxy_set_header` says another. */
  readonly host: string;
  /** $proxy_port: '' for a Unix socket. */
  readonly port: string;
  /** The URI part of the target; undefined: it has none, and the request's own is asked for. */
  readonly uri: string | undefined;
  /** The URI part was made for this request, so nothing is added to it. */
  readonly isUriWhole: boolean;
}
