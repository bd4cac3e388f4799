import assert from 'node:assert/strict';
import test from 'node:test';
import { cartReducer, emptyCart } from '../../src/cart.js';
import { cartSummary } from '../../src/selectors.js';
import { createStore } from '../../src/store.js';
import { createSync } from '../../src/sync.js';
import { renderCart } from '../../src/view.js';

const mug = { sku: 'mug', title: 'Mug', priceCents: 1250 };
const towel = { sku: 'towel', title: 'Tea towel', priceCents: 899 };

function cartOf(...lines) {
  return { ...emptyCart, lines };
}

test('adding a product twice counts it twice', () => {
  let state = cartReducer(emptyCart, { type: 'cart/add', product: mug });
  state = cartReducer(state, { type: 'cart/add', product: mug });
  assert.equal(state.lines.length, 1);
  assert.equal(state.lines[0].quantity, 2);
});

test('quantities stay within 0 and 99', () => {
  const start = cartOf({ ...mug, quantity: 3 });
  assert.equal(cartReducer(start, { type: 'cart/quantity', sku: 'mug', quantity: 500 }).lines[0].quantity, 99);
  assert.deepEqual(cartReducer(start, { type: 'cart/quantity', sku: 'mug', quantity: -1 }).lines, []);
});

test('the summary adds up', () => {
  const state = { ...cartOf({ ...mug, quantity: 2 }, { ...towel, quantity: 1 }), coupon: { code: 'SPRING', percent: 10 } };
  assert.deepEqual(cartSummary(state), { items: 3, subtotalCents: 3399, discountCents: 340, totalCents: 3059 });
});

test('undo takes a quantity back', () => {
  let state = cartReducer(cartOf({ ...mug, quantity: 1 }), { type: 'cart/quantity', sku: 'mug', quantity: 4 });
  state = cartReducer(state, { type: 'cart/undo' });
  assert.equal(state.lines[0].quantity, 1);
});

test('a change is shown at once and saved', async () => {
  const saved = [];
  const api = {
    async saveQuantity(sku, quantity) {
      saved.push([sku, quantity]);
      return { quantity };
    },
  };
  const store = createStore(cartReducer, cartOf({ ...mug, quantity: 1 }));
  const done = createSync(store, api).changeQuantity('mug', 2);
  assert.equal(store.getState().lines[0].quantity, 2);
  assert.equal(store.getState().pending.mug, true);
  await done;
  assert.deepEqual(saved, [['mug', 2]]);
  assert.deepEqual(store.getState().pending, {});
});

test('titles are escaped', () => {
  const html = renderCart(cartOf({ ...mug, title: '<img src=x onerror="alert(1)">', quantity: 1 }));
  assert.ok(!html.includes('<img'));
});
