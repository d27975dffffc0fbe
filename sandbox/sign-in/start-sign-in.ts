import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider, type Configuration } from 'oidc-provider';
import type { Officer, PublicJwk } from '../../src/agencies/index.js';
import { makeForgetfulAdapter } from './forgetful-adapter.js';
import { page, signInPage } from './sign-in-page.js';

/** The sandbox's own identity provider, and the console as its client. */
export interface SandboxSignIn {
  readonly issuer: string;
  /** Begins to answer. Every officer has an account, whose `sub` is the officer's id. */
  open(to: { readonly officers: () => readonly Officer[]; readonly publicUrl: string }): void;
  close(): Promise<void>;
}

export const SANDBOX_CLIENT_ID = 'gatehouse-console';
/** What the provider says of every sign-in: nobody proved anything. */
export const SANDBOX_ACR = 'urn:gatehouse:sandbox:no-proof';

/**
 * Starts the provider on 127.0.0.1. Whoever opens its page chooses whom to be: for fictional agencies only. It forgets
 * everything when it stops.
 * @param port 0 takes any free one
 */
export async function startSignIn(port: number, clientKey: PublicJwk): Promise<SandboxSignIn> {
  let handler: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  const server = createServer((request, response) => {
    if (handler) handler(request, response);
    else response.writeHead(503).end();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const signingKey = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'ES256', kid: 'sandbox' };
  return {
    issuer,
    open({ officers, publicUrl }) {
      const provider = new Provider(issuer, configure({ publicUrl, clientKey, signingKey, officers }));
      const answer = provider.callback();
      handler = (request, response) => {
        if (/^\/interaction\/[A-Za-z0-9_-]+$/.test(request.url ?? '')) {
          void chooseAccount(provider, officers(), request, response);
        } else void answer(request, response);
      };
    },
    close: () => close(server),
  };
}

interface ProviderParts {
  readonly publicUrl: string;
  readonly clientKey: PublicJwk;
  readonly signingKey: object;
  readonly officers: () => readonly Officer[];
}

function configure({ publicUrl, clientKey, signingKey, officers }: ProviderParts): Configuration {
  return {
    adapter: makeForgetfulAdapter(),
    jwks: { keys: [signingKey] } as NonNullable<Configuration['jwks']>,
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    acrValues: [SANDBOX_ACR],
    ttl: { AuthorizationCode: 60, AccessToken: 60, IdToken: 300, Interaction: 600, Session: 43_200, Grant: 43_200 },
    clients: [
      {
        client_id: SANDBOX_CLIENT_ID,
        redirect_uris: [`${publicUrl}/console/sign-in/callback`],
        post_logout_redirect_uris: [`${publicUrl}/console/signed-out`],
        backchannel_logout_uri: `${publicUrl}/console/back-channel-logout`,
        backchannel_logout_session_required: true,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        id_token_signed_response_alg: 'ES256',
        jwks: { keys: [clientKey] },
      },
    ] as NonNullable<Configuration['clients']>,
    findAccount: (_ctx, subject) =>
      officers().some(({ id }) => id === subject)
        ? { accountId: subject, claims: () => ({ sub: subject }) }
        : undefined,
    // The gateway is the only client, and asks for nothing beyond who it is.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client!.clientId,
        accountId: ctx.oidc.session!.accountId!,
      });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    // Of itself the provider calls no address of this machine, and the console has one.
    fetch: async (url, options = {}) => {
      delete options.dispatcher;
      return await fetch(url, options);
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = page(
            'Sign out of the sandbox',
            `${form}<p><button form="op.logoutForm" value="yes" name="logout">Sign out</button></p>`,
          );
        },
      },
    },
  };
}

async function chooseAccount(
  provider: Provider,
  officers: readonly Officer[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await provider.interactionDetails(request, response);
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
      response.end(signInPage(request.url ?? '', officers));
      return;
    }
    const accountId = new URLSearchParams(await readForm(request)).get('account') ?? '';
    const result = officers.some(({ id }) => id === accountId)
      ? { login: { accountId, acr: SANDBOX_ACR } }
      : { error: 'access_denied' };
    await provider.interactionFinished(request, response, result);
  } catch {
    response.writeHead(400, { 'content-type': 'text/html; charset=utf-8' });
    response.end(page('That took too long', '<p>Go back to the console and sign in again.</p>'));
  }
}

const LONGEST_FORM = 4_096;

async function readForm(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > LONGEST_FORM) throw new Error('too long');
  }
  return text;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
