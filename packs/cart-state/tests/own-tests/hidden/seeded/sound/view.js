// The cart as HTML. Titles and messages come from outside and are escaped.
import { cartSummary } from './selectors.js';

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text) {
  return String(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign]);
}

export function euros(cents) {
  return `€${(cents / 100).toFixed(2)}`;
}

function lineHtml(state, line) {
  const saving = state.pending[line.sku] ? ' <i>saving…</i>' : '';
  const error = state.errors[line.sku] ? ` <b>${escapeHtml(state.errors[line.sku])}</b>` : '';
  const sku = escapeHtml(line.sku);
  return (
    `<li data-sku="${sku}">${escapeHtml(line.title)} × ${line.quantity} ` +
    `<button data-less="${sku}">−</button><button data-more="${sku}">+</button>${saving}${error}</li>`
  );
}

export function renderCart(state) {
  const summary = cartSummary(state);
  const lines = state.lines.map((line) => lineHtml(state, line)).join('');
  const coupon = state.coupon
    ? `<p>${escapeHtml(state.coupon.code)} ${state.coupon.percent} %: −${euros(summary.discountCents)}</p>`
    : '';
  return `<ul>${lines}</ul>${coupon}<p>Total ${euros(summary.totalCents)}</p>`;
}
