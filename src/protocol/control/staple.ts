/** The word of an authority that a certificate is not revoked, which is sent with it (RFC 6066 8). */

/** A certificate that it is sent with. */
export interface StapledKey {
  /** Of the certificate, with all by which its authority is asked. */
  readonly key: string;
  /** Of the certificate's key: which clients can use it. */
  readonly kind: 'rsa' | 'p256' | 'p384' | 'p521' | 'other';
}

export interface Staple {
  /** As in `StapledKey`. */
  readonly key: string;
  /** The authority's response in DER, as base64. */
  readonly response: string;
  /** Wall time in ms until which clients believe it; null: as long as they like. */
  readonly untilMs: number | null;
}
