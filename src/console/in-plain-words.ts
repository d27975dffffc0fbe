import type { ProblemCode } from '../api-contract/index.js';
import type { SignInFault } from './identity-provider.js';

/** What an error page says. */
export interface ErrorWords {
  readonly title: string;
  readonly text: string;
}

/** Errors that an officer can do something about, or that need more than the catalogue's title. */
export const ERRORS: Readonly<Partial<Record<ProblemCode, ErrorWords>>> = {
  NOT_FOUND: {
    title: 'Page not found',
    text: 'There is nothing at this address that you may see. If you typed it, check it; if you followed a link, go back and choose again.',
  },
  METHOD_NOT_ALLOWED: { title: 'Page not found', text: 'There is nothing at this address that you may see.' },
  ROLE_NOT_ALLOWED: {
    title: 'Your role does not open this page',
    text: 'What you may see follows from the roles that your agency gave you. Ask your agency’s administrator if you need another.',
  },
  REQUEST_INVALID: {
    title: 'The console does not know this address',
    text: 'Something in the address is missing or cannot be used. Go back and choose again.',
  },
  REQUEST_TOO_LARGE: { title: 'That is too much', text: 'What was sent is larger than any form of the console.' },
  MEDIA_TYPE_UNSUPPORTED: { title: 'That is not a form of the console', text: 'Go back, and fill in the form there.' },
  REVIEW_ANSWERED: {
    title: 'Your agency has answered this review',
    text: 'Another officer was first. Their answer stands, and nothing replaces it.',
  },
  REVIEW_BY_AUTHORISER: {
    title: 'Another officer must answer this review',
    text: 'Whoever authorised an override does not answer its review, and neither does anybody where it is not known who did.',
  },
  ALERT_NOT_IN_STATUS: {
    title: 'That cannot be done with the alert now',
    text: 'A colleague was first. Look at the alert again.',
  },
  ALERT_ABOUT_CALLER: {
    title: 'This alert is about you',
    text: 'So a colleague deals with it. Nothing was changed.',
  },
  REFUSAL_STANDS: {
    title: 'A refusal is not withdrawn',
    text: 'If the person says something else now, have it recorded: the newest answer counts.',
  },
  EXPORTS_UNDER_WAY: {
    title: 'Your agency takes out too much at once',
    text: 'Wait until one of the downloads that are under way has ended, then try again.',
  },
  AGREEMENT_NOT_IN_STATE: {
    title: 'That cannot be done with the agreement now',
    text: 'Its state has changed, perhaps by what another officer did. Look at it again.',
  },
  AGREEMENT_HASH_DIFFERS: {
    title: 'The agreement is not the one that you read',
    text: 'Its text was changed since. Nothing was signed. Read it again before you sign.',
  },
  AGREEMENT_UNSOUND: {
    title: 'The agreement has errors',
    text: 'They must be put right first, in another text of the draft or in a new version. The agreement’s page lists them.',
  },
  SECOND_OFFICER_NEEDED: {
    title: 'A second officer must confirm the signature',
    text: 'You have asked for your agency’s signature. A colleague who is an officer or reviewer confirms it.',
  },
  SIGNING_KEY_NOT_HELD: {
    title: 'The gateway holds no signing key of your agency',
    text: 'Ask whoever runs the gateway, or sign outside and send the signature by the API.',
  },
  EXCHANGE_ERASED: {
    title: 'What was on record of it was erased',
    text: 'Nothing brings it back. The page of the disclosure says what can still be proved.',
  },
  LOG_UNAVAILABLE: {
    title: 'The disclosure log cannot be written',
    text: 'Nothing was changed or shown, because nothing happens without its record. Try again in a few minutes.',
  },
  STORE_UNAVAILABLE: {
    title: 'The console cannot reach its database',
    text: 'Nothing was changed. Try again in a few minutes.',
  },
  INTERNAL: {
    title: 'Something went wrong in the console',
    text: 'Nothing was disclosed. Try again; if it happens again, tell whoever runs the gateway when it happened.',
  },
};

/** A form that the console did not make for this session. */
export const FORM_NOT_GENUINE: ErrorWords = {
  title: 'The form is out of date',
  text: 'It was not made for the session that you are in now, so nothing was done. Go back, load the page again and fill it in once more.',
};

export const SIGN_IN_FAULTS: Readonly<Record<SignInFault | 'not-an-officer', ErrorWords>> = {
  'not-set-up': {
    title: 'The console is not set up on this gateway',
    text: 'Whoever runs the gateway has not said yet where officers sign in.',
  },
  'provider-away': {
    title: 'Signing in is not possible at the moment',
    text: 'The gateway cannot reach your identity provider. Try again in a few minutes.',
  },
  'not-begun-here': {
    title: 'Begin again',
    text: 'This sign-in was not begun in this browser, or longer ago than ten minutes.',
  },
  'refused-there': {
    title: 'Your identity provider did not let you in',
    text: 'You are not signed in. Begin again; if it happens again, ask whoever looks after your account.',
  },
  'acr-too-weak': {
    title: 'A stronger sign-in is needed',
    text: 'Your identity provider let you in in a way that this gateway does not accept, such as without a second factor.',
  },
  'not-an-officer': {
    title: 'This account is not one of an officer',
    text: 'You are known to the identity provider, and not registered here. Ask your agency’s administrator to have your account added to the definition of your officer.',
  },
};
