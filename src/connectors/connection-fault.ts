import { SupplierFault } from './connector.js';

/** What went wrong below HTTP, by the code of the error alone: its message may hold an address. */
export function connectionFault(error: unknown): SupplierFault {
  if (error instanceof SupplierFault) return error;
  const { code: given } = Object(error) as { readonly code?: unknown };
  const code = typeof given === 'string' ? given : 'failed';
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return new SupplierFault('timed-out', 'no connection in time');
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return new SupplierFault('too-large', 'headers');
  if (code.startsWith('HPE_') || code.startsWith('UND_ERR_RES')) return new SupplierFault('not-understood', 'not HTTP');
  return new SupplierFault('unavailable', `connection ${/^[A-Z0-9_]+$/.test(code) ? code : 'failed'}`);
}

/** The fault that a status stands for; only for statuses that are no answer. */
export function statusFault(status: number): SupplierFault {
  const detail = `status ${status}`;
  if (status >= 500) return new SupplierFault('unavailable', detail);
  if (status >= 400) return new SupplierFault('refused', detail);
  // A redirect is never followed: the supplier's origin is the configured one and no other.
  return new SupplierFault('not-understood', status >= 300 ? `redirect, ${detail}` : detail);
}
