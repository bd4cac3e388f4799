// htmx: partial updates. Its configuration stands in base.html's meta tag; this adds the token and honest failures.
import htmx from 'htmx.org';
import { csrfToken } from './http.ts';
import { _ } from './messages.ts';
import { showToast } from './toasts.ts';

interface RequestDetail {
  headers: Record<string, string>;
  verb: string;
}

export function startHypertext(): void {
  document.body.addEventListener('htmx:configRequest', (event) => {
    const { headers, verb } = (event as CustomEvent<RequestDetail>).detail;
    if (verb !== 'get') headers['X-CSRFToken'] = csrfToken();
  });
  document.body.addEventListener('htmx:responseError', (event) => {
    const { status } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
    const text = status === 401 || status === 403 ? _('You are signed out, or not allowed to do this.') : _('The server could not do this.');
    showToast(text, { kind: 'bad' });
  });
  document.body.addEventListener('htmx:sendError', () => {
    showToast(_('The server did not answer. Nothing was changed.'), { kind: 'bad' });
  });
  document.body.addEventListener('htmx:afterSwap', (event) => {
    (event.target as Element).querySelector<HTMLElement>('[data-focus]')?.focus();
  });
}

export { htmx };
