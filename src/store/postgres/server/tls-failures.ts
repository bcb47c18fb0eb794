const AUTHORITY =
  'Name the file with the certificate of its authority: sslrootcert=FILE in the URL, or ssl.ca of a pool';
const UNKNOWN = `its certificate is from an authority that is not known here. ${AUTHORITY}`;

/** Ends of sentences by the codes of Node and its OpenSSL. The first that matches counts. */
const explanations: readonly (readonly [RegExp, string])[] = [
  [/^(?:SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT\w*)$/, UNKNOWN],
  [/^DEPTH_ZERO_SELF_SIGNED_CERT$/, `it made its certificate itself, and is its own authority. ${AUTHORITY}`],
  [
    /^CERT_HAS_EXPIRED$/,
    'its certificate, or that of its authority, has expired. Renew it, or look at the clock of this machine',
  ],
  [/^CERT_NOT_YET_VALID$/, 'its certificate is not valid yet. Look at the clock of this machine'],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'its certificate is for another name. Write the host as the certificate does, by name',
  ],
  [/^ERR_SSL_\S+_ALERT_UNKNOWN_CA$/, 'the server does not know the authority of the certificate that sslcert names'],
  [/^ERR_SSL_\S+_ALERT_CERTIFICATE_EXPIRED$/, 'the certificate that sslcert names has expired'],
  [
    /^ERR_SSL_\S+_ALERT_\w*CERTIFICATE\w*$/,
    'the server does not take the certificate that sslcert names, or asks for one',
  ],
  [
    /^ERR_SSL_\S*(?:PROTOCOL|VERSION|HANDSHAKE_FAILURE|CIPHER|SIGNATURE_ALGORITHM)\w*$/,
    'the server and this program have no version or cipher of TLS in common',
  ],
  [/^ERR_OSSL_X509_KEY_VALUES_MISMATCH$/, 'the key that sslkey names is not that of the certificate of sslcert'],
  [
    /^ERR_OSSL_(?:\w+_)?BAD_DECRYPT$|^ERR_MISSING_PASSPHRASE$/,
    'the key that sslkey names has a password, which no URL can give. Name a key without one',
  ],
  [
    /^ERR_OSSL_(?:PEM_\w+|UNSUPPORTED)$/,
    'a file that sslrootcert, sslcert or sslkey names has no certificate, or no key, in the form PEM',
  ],
];

/** Explains why no encrypted connection was made, by the end of a sentence; undefined for other codes. */
export function explainTls(code: string): string | undefined {
  return explanations.find(([pattern]) => pattern.test(code))?.[1];
}
