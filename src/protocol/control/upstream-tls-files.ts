/** What the files of an `UpstreamTls` hold, in PEM, as the supervisor has read them with its rights. '' for what is not named. */
export interface UpstreamTlsFiles {
  readonly trusted: string;
  readonly crl: string;
  /** The certificate that is shown to servers, and its key without a password; '' too where their names have variables. */
  readonly cert: string;
  readonly key: string;
  /** To be tried on keys whose names have variables. */
  readonly passwords: readonly string[];
}
