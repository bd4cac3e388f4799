// One test a report of BUGS.md.
import assert from 'node:assert/strict';
import test from 'node:test';
import { cartReducer, emptyCart } from '../../src/cart.js';
import { cartSummary } from '../../src/selectors.js';
import { createStore } from '../../src/store.js';
import { createSync } from '../../src/sync.js';

const mug = { sku: 'mug', title: 'Mug', priceCents: 1250 };
const towel = { sku: 'towel', title: 'Tea towel', priceCents: 899 };

function cartOf(...lines) {
  return { ...emptyCart, lines };
}

function page(...lines) {
  const calls = [];
  const api = {
    saveQuantity: (sku, quantity) =>
      new Promise((resolve, reject) => calls.push({ answer: () => resolve({ quantity }), refuse: reject })),
  };
  const store = createStore(cartReducer, cartOf(...lines));
  return { calls, store, sync: createSync(store, api) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const shown = (store) => Object.fromEntries(store.getState().lines.map((line) => [line.sku, line.quantity]));

test('#1412 undo takes a second mug back', () => {
  let state = cartReducer(emptyCart, { type: 'cart/add', product: mug });
  state = cartReducer(state, { type: 'cart/add', product: mug });
  state = cartReducer(state, { type: 'cart/undo' });
  assert.equal(state.lines[0].quantity, 1);
});

test('#1420 a coupon changes the summary', () => {
  const plain = cartOf({ ...mug, quantity: 2 });
  assert.equal(cartSummary(plain).totalCents, 2500);
  const reduced = cartReducer(plain, { type: 'cart/coupon', coupon: { code: 'SPRING', percent: 10 } });
  assert.equal(cartSummary(reduced).totalCents, 2250);
});

test('#1431 old answers change nothing', async () => {
  const { calls, store, sync } = page({ ...mug, quantity: 1 });
  sync.changeQuantity('mug', 2);
  sync.changeQuantity('mug', 3);
  calls[0].answer();
  await settle();
  assert.deepEqual(shown(store), { mug: 3 });
  assert.equal(store.getState().pending.mug, true);
});

test('#1433 a refusal touches its own line only', async () => {
  const { calls, store, sync } = page({ ...mug, quantity: 1 }, { ...towel, quantity: 2 });
  sync.changeQuantity('towel', 4);
  sync.changeQuantity('mug', 3);
  calls[0].refuse(new Error('no'));
  await settle();
  assert.deepEqual(shown(store), { mug: 3, towel: 2 });
});

test('a refusal goes back to what was confirmed last', async () => {
  const { calls, store, sync } = page({ ...mug, quantity: 1 });
  sync.changeQuantity('mug', 2);
  calls[0].answer();
  await settle();
  sync.changeQuantity('mug', 3);
  calls[1].refuse(new Error('no'));
  await settle();
  assert.deepEqual(shown(store), { mug: 2 });
});

test('#1440 a listener that leaves does not hide the next one', () => {
  const store = createStore(cartReducer, cartOf({ ...mug, quantity: 1 }));
  let told = 0;
  const leave = store.subscribe(() => leave());
  store.subscribe(() => (told += 1));
  store.dispatch({ type: 'cart/quantity', sku: 'mug', quantity: 2 });
  assert.equal(told, 1);
});
