/**
 * The media type that an `Accept` header likes best among those offered (RFC 9110 section 12.5.1): by weight, then as they
 * are offered. The first that is offered where the header is absent, or likes none: an answer is better than none.
 */
export function acceptedType<Offered extends string>(
  accept: string | undefined,
  offered: readonly [Offered, ...Offered[]],
): Offered {
  const ranges = (accept ?? '*/*').split(',').map((range) => {
    const [type = '', ...parameters] = range
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { type, weight: weight === undefined ? 1 : Number(weight) || 0 };
  });
  const weightOf = (offer: string): number => {
    const family = `${offer.split('/', 1)[0]!}/*`;
    // The most specific range speaks for the type.
    const named = [offer, family, '*/*'].flatMap((name) => ranges.find(({ type }) => type === name) ?? []);
    return named[0]?.weight ?? 0;
  };
  return offered.reduce((best, offer) => (weightOf(offer) > weightOf(best) ? offer : best));
}
