// Requests to our own server: JSON in and out, the CSRF token, problems as errors.

/** A problem+json answer: `code` is stable, `fields` names what to mend, `retryAfter` is in seconds. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, string[]> = {},
    readonly retryAfter = 0,
  ) {
    super(message);
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {}

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? '';
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = typeof body.detail === 'string' ? body.detail : typeof body.title === 'string' ? body.title : '';
  const wait = Number(response.headers.get('Retry-After') ?? body.retry_after ?? 0) || 0;
  const fields = (body.fields ?? {}) as Record<string, string[]>;
  return new Problem(response.status, String(body.code ?? body.type ?? response.status), text || response.statusText, fields, wait);
}

/** Sends a request; throws Problem for a refusal and Unreachable when nothing answered. */
export async function send(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Accept', 'application/json');
  if (init.method && init.method !== 'GET') headers.set('X-CSRFToken', csrfToken());
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init, headers });
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function getJson<T>(url: string): Promise<T> {
  return (await send(url)).json() as Promise<T>;
}

export async function sendJson<T>(url: string, body: unknown, method = 'POST'): Promise<T> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await send(url, { method, headers, body: JSON.stringify(body) });
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export async function sendForm<T>(url: string, form: FormData): Promise<T> {
  return (await send(url, { method: 'POST', body: form })).json() as Promise<T>;
}
