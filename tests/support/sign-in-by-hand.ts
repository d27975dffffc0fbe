/** What a browser does at the sandbox's identity provider, step by step. Remembers the provider's cookies. */
export class SignInByHand {
  private readonly cookies = new Map<string, string>();

  constructor(
    private readonly issuer: string,
    /** Where the provider sends a browser back to. */
    private readonly publicUrl: string,
  ) {}

  /** Signs in, and gives the query of the address that the browser comes back to. */
  async signIn(url: URL, account: string): Promise<string> {
    let response = await this.send(url.href);
    let at = url.href;
    for (;;) {
      const to = response.headers.get('location');
      if (to === null) response = await this.send(at, new URLSearchParams({ account }));
      else {
        at = new URL(to, at).href;
        if (at.startsWith(this.publicUrl)) return new URL(at).search;
        response = await this.send(at);
      }
    }
  }

  /** Signs out of the provider itself, where there is no console. */
  async signOut(): Promise<void> {
    const page = await (await this.send(`${this.issuer}/session/end`)).text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    await this.send(`${this.issuer}/session/end/confirm`, new URLSearchParams({ xsrf, logout: 'yes' }));
  }

  private async send(url: string, form?: URLSearchParams): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form && { method: 'POST', body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    return response;
  }
}
