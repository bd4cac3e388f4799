// What is computed from the state of the cart.

export function itemCount(state) {
  return state.lines.reduce((sum, line) => sum + line.quantity, 0);
}

let lastLines;
let lastCoupon;
let lastSummary;

// {items, subtotalCents, discountCents, totalCents}
export function cartSummary(state) {
  if (state.lines !== lastLines || state.coupon !== lastCoupon) {
    lastLines = state.lines;
    lastCoupon = state.coupon;
    lastSummary = summarise(state);
  }
  return lastSummary;
}

function summarise(state) {
  const subtotalCents = state.lines.reduce((sum, line) => sum + line.quantity * line.priceCents, 0);
  const percent = state.coupon ? state.coupon.percent : 0;
  const discountCents = Math.round((subtotalCents * percent) / 100);
  return { items: itemCount(state), subtotalCents, discountCents, totalCents: subtotalCents - discountCents };
}
