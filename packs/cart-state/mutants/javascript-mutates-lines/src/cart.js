// The reducer of the cart. See README.md for the rules.

export const MAX_QUANTITY = 99;
export const MAX_UNDO = 20;

// lines: [{sku, title, priceCents, quantity}], coupon: null or {code, percent},
// past: what cart/undo goes back to, pending: {sku: true}, errors: {sku: message}
export const emptyCart = { lines: [], coupon: null, past: [], pending: {}, errors: {} };

export function cartReducer(state = emptyCart, action) {
  switch (action.type) {
    case 'cart/add':
      return add(state, action.product);
    case 'cart/quantity':
      return changeQuantity(state, action.sku, action.quantity);
    case 'cart/coupon':
      return remember(state, { coupon: action.coupon });
    case 'cart/undo':
      return undo(state);
    case 'sync/started':
      return { ...state, pending: { ...state.pending, [action.sku]: true }, errors: without(state.errors, action.sku) };
    case 'sync/confirmed':
      return {
        ...state,
        lines: settled(state.lines, action.confirmed),
        pending: without(state.pending, action.sku),
      };
    case 'sync/failed':
      return {
        ...state,
        lines: settled(state.lines, action.confirmed),
        pending: without(state.pending, action.sku),
        errors: { ...state.errors, [action.sku]: action.message },
      };
    default:
      return state;
  }
}

function add(state, product) {
  const line = state.lines.find((each) => each.sku === product.sku);
  if (!line) return remember(state, { lines: [...state.lines, { ...product, quantity: 1 }] });
  if (line.quantity >= MAX_QUANTITY) return state;
  line.quantity += 1;
  return remember(state, { lines: [...state.lines] });
}

function changeQuantity(state, sku, wanted) {
  const line = state.lines.find((each) => each.sku === sku);
  const quantity = Math.max(0, Math.min(MAX_QUANTITY, wanted));
  if (!line || line.quantity === quantity) return state;
  return remember(state, { lines: withQuantity(state.lines, sku, quantity) });
}

function undo(state) {
  if (state.past.length === 0) return state;
  const before = state.past[state.past.length - 1];
  return { ...state, ...before, past: state.past.slice(0, -1) };
}

// A change of the customer: what it replaces can be undone.
function remember(state, change) {
  const before = { lines: state.lines, coupon: state.coupon };
  return { ...state, ...change, past: [...state.past, before].slice(-MAX_UNDO) };
}

function withQuantity(lines, sku, quantity) {
  if (quantity === 0) return lines.filter((line) => line.sku !== sku);
  return lines.map((line) => (line.sku === sku ? { ...line, quantity } : line));
}

// The line as the server has it, {sku, line, at, quantity}: changed, removed, or back at its old place.
function settled(lines, { sku, line, at, quantity }) {
  if (quantity === 0 || lines.some((each) => each.sku === sku)) return withQuantity(lines, sku, quantity);
  if (!line) return lines;
  const place = Math.min(at, lines.length);
  return [...lines.slice(0, place), { ...line, quantity }, ...lines.slice(place)];
}

function without(record, key) {
  const { [key]: _, ...rest } = record;
  return rest;
}
