/**
 * The URL that a DPoP proof must name for a request: the gateway's public URL and the path asked for, whatever `Host` or
 * scheme a proxy left on the request.
 *
 * @param target request target as received, e.g. `/v1/queries?x=1`
 */
export function publicRequestUrl(publicUrl: string, target: string): string | undefined {
  return normaliseUrl(publicUrl + target);
}

/**
 * A URL without query and fragment, normalised as RFC 9449 section 4.3 asks (RFC 3986 sections 6.2.2 and 6.2.3: case,
 * percent-encoding, dot segments, default port).
 * @returns undefined when it is no absolute URL
 */
export function normaliseUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url) return undefined;
  const path = url.pathname.replaceAll(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escaped.toUpperCase();
  });
  return url.origin + path;
}
