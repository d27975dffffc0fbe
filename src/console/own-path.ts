/**
 * A path of the console that somebody asked to be brought to, or the home page where it is none. No other site can be named
 * by it: it is taken apart as a browser would, and only path and query of it are kept.
 */
export function ownPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > 500 || !/^\/console(?:[/?]|$)/.test(asked)) return HOME;
  const url = URL.parse(asked, NOWHERE);
  if (url?.origin !== NOWHERE || !/^\/console(?:\/|$)/.test(url.pathname)) return HOME;
  return NOT_TO.test(url.pathname) ? HOME : url.pathname + url.search;
}

const HOME = '/console';
const NOWHERE = 'https://console.invalid';
/** Who has just signed in is not to be signed out, or to sign in again. */
const NOT_TO = /^\/console\/(?:sign-in|sign-out|signed-out)(?:\/|$)/;
