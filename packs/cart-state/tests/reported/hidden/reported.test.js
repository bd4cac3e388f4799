import assert from 'node:assert/strict';
import test from 'node:test';
import { cartReducer } from '../src/cart.js';
import { cartSummary } from '../src/selectors.js';
import { createStore } from '../src/store.js';
import { cartOf, mug, page, settle, shown, strict, towel } from './support.js';

test('1412-undo-after-adding-again', () => {
  let state = strict(cartOf(), { type: 'cart/add', product: mug });
  state = strict(state, { type: 'cart/add', product: mug });
  assert.equal(state.lines[0].quantity, 2);
  state = strict(state, { type: 'cart/undo' });
  assert.equal(state.lines[0].quantity, 1);
  state = strict(state, { type: 'cart/undo' });
  assert.deepEqual(state.lines, []);
});

test('1420-coupon-changes-the-total', () => {
  const plain = cartOf([mug, 2]);
  assert.equal(cartSummary(plain).totalCents, 2500);
  const reduced = cartReducer(plain, { type: 'cart/coupon', coupon: { code: 'SPRING', percent: 10 } });
  assert.deepEqual(cartSummary(reduced), { items: 2, subtotalCents: 2500, discountCents: 250, totalCents: 2250 });
  const again = cartReducer(reduced, { type: 'cart/coupon', coupon: null });
  assert.equal(cartSummary(again).totalCents, 2500);
  assert.equal(cartSummary(reduced).totalCents, 2250);
});

test('1431-answers-in-order', async () => {
  const { api, store, sync } = page([mug, 1]);
  for (const quantity of [2, 3, 4, 5]) sync.changeQuantity('mug', quantity);
  for (const call of api.calls) {
    call.answer();
    await settle();
    assert.deepEqual(shown(store), { mug: 5 });
  }
});

test('1431-answers-out-of-order', async () => {
  const { api, store, sync } = page([mug, 1]);
  for (const quantity of [2, 3, 4, 5]) sync.changeQuantity('mug', quantity);
  for (const at of [3, 1, 0, 2]) {
    api.calls[at].answer();
    await settle();
    assert.deepEqual(shown(store), { mug: 5 });
  }
});

test('1431-an-old-refusal-is-no-news', async () => {
  const { api, store, sync } = page([mug, 1]);
  sync.changeQuantity('mug', 2);
  sync.changeQuantity('mug', 3);
  api.calls[0].refuse('too slow');
  await settle();
  assert.deepEqual(shown(store), { mug: 3 });
  assert.deepEqual(store.getState().errors, {});
  api.calls[1].answer();
  await settle();
  assert.deepEqual(shown(store), { mug: 3 });
});

test('1433-a-refusal-touches-its-own-line-only', async () => {
  const { api, store, sync } = page([mug, 1], [towel, 2]);
  sync.changeQuantity('towel', 4);
  sync.changeQuantity('mug', 3);
  api.calls[0].refuse('Could not save the tea towels.');
  await settle();
  assert.deepEqual(shown(store), { mug: 3, towel: 2 });
  assert.deepEqual(store.getState().errors, { towel: 'Could not save the tea towels.' });
  assert.deepEqual(store.getState().pending, { mug: true });
  api.calls[1].answer();
  await settle();
  assert.deepEqual(shown(store), { mug: 3, towel: 2 });
});

test('1440-nobody-is-skipped', () => {
  const store = createStore(cartReducer, cartOf([mug, 1]));
  const told = [];
  const closeSmallCart = store.subscribe(() => {
    told.push('small');
    closeSmallCart();
  });
  store.subscribe(() => told.push('badge'));
  store.subscribe(() => told.push('page'));
  store.dispatch({ type: 'cart/remove-nothing' });
  assert.deepEqual(told, []);
  store.dispatch({ type: 'cart/quantity', sku: 'mug', quantity: 0 });
  assert.deepEqual(told, ['small', 'badge', 'page']);
  store.dispatch({ type: 'cart/add', product: towel });
  assert.deepEqual(told, ['small', 'badge', 'page', 'badge', 'page']);
});
