import assert from 'node:assert/strict';
import test from 'node:test';
import { cartReducer, emptyCart } from '../src/cart.js';
import { cartSummary } from '../src/selectors.js';
import { createStore } from '../src/store.js';
import { renderCart } from '../src/view.js';
import { bowl, cartOf, frozen, mug, page, settle, shown, strict, towel } from './support.js';

test('states-never-change', () => {
  const actions = [
    { type: 'cart/add', product: mug },
    { type: 'cart/add', product: towel },
    { type: 'cart/add', product: mug },
    { type: 'cart/quantity', sku: 'towel', quantity: 7 },
    { type: 'cart/coupon', coupon: { code: 'X', percent: 5 } },
    { type: 'cart/quantity', sku: 'mug', quantity: 0 },
  ];
  const states = [frozen({ ...emptyCart })];
  for (const action of actions) states.push(strict(states.at(-1), action));
  let back = states.at(-1);
  for (const state of states.slice(0, -1).reverse()) {
    back = strict(back, { type: 'cart/undo' });
    assert.deepEqual(back.lines, state.lines);
    assert.deepEqual(back.coupon, state.coupon);
  }
});

test('unchanged-parts-keep-their-objects', () => {
  const start = cartOf([mug, 1], [towel, 2]);
  const next = strict(start, { type: 'cart/add', product: mug });
  assert.notEqual(next.lines[0], start.lines[0]);
  assert.equal(next.lines[1], start.lines[1]);
  assert.equal(strict(start, { type: 'cart/quantity', sku: 'mug', quantity: 1 }), start);
  assert.equal(strict(start, { type: 'cart/quantity', sku: 'none', quantity: 1 }), start);
  const full = cartOf([mug, 99]);
  assert.equal(strict(full, { type: 'cart/add', product: mug }), full);
});

test('undo-goes-back-twenty', () => {
  let state = cartOf([mug, 1]);
  for (let quantity = 2; quantity <= 31; quantity += 1) state = strict(state, { type: 'cart/quantity', sku: 'mug', quantity });
  for (let times = 0; times < 25; times += 1) state = strict(state, { type: 'cart/undo' });
  assert.equal(state.lines[0].quantity, 11);
});

test('answers-are-no-steps-of-undo', async () => {
  const { api, store, sync } = page([mug, 1]);
  sync.changeQuantity('mug', 2);
  api.calls[0].answer();
  await settle();
  store.dispatch({ type: 'cart/undo' });
  assert.deepEqual(shown(store), { mug: 1 });
  store.dispatch({ type: 'cart/undo' });
  assert.deepEqual(shown(store), { mug: 1 });
});

test('summary-is-the-same-object', () => {
  const first = cartOf([mug, 3]);
  const summary = cartSummary(first);
  assert.equal(cartSummary({ ...first, pending: { mug: true } }), summary);
  assert.equal(cartSummary({ ...first, errors: { mug: 'x' } }), summary);
  assert.notEqual(cartSummary({ ...first, coupon: { code: 'A', percent: 50 } }), summary);
});

test('summary-of-two-carts', () => {
  const coupon = frozen({ code: 'A', percent: 50 });
  const left = { ...cartOf([mug, 1]), coupon };
  const right = { ...cartOf([bowl, 1]), coupon };
  for (let times = 0; times < 2; times += 1) {
    assert.equal(cartSummary(left).totalCents, 625);
    // 1052.5 is rounded up.
    assert.deepEqual(cartSummary(right), { items: 1, subtotalCents: 2105, discountCents: 1053, totalCents: 1052 });
  }
});

test('pending-until-the-newest-answer', async () => {
  const { api, store, sync } = page([mug, 1]);
  sync.changeQuantity('mug', 2);
  sync.changeQuantity('mug', 3);
  api.calls[0].answer();
  await settle();
  assert.deepEqual(store.getState().pending, { mug: true });
  api.calls[1].answer();
  await settle();
  assert.deepEqual(store.getState().pending, {});
});

test('products-are-pending-apart', async () => {
  const { api, store, sync } = page([mug, 1], [towel, 1]);
  sync.changeQuantity('mug', 2);
  sync.changeQuantity('towel', 2);
  api.calls[0].answer();
  await settle();
  assert.deepEqual(store.getState().pending, { towel: true });
});

test('the-server-may-grant-fewer', async () => {
  const { api, store, sync } = page([mug, 1], [towel, 1]);
  sync.changeQuantity('mug', 50);
  api.calls[0].answer(12);
  await settle();
  assert.deepEqual(shown(store), { mug: 12, towel: 1 });
  sync.changeQuantity('mug', 60);
  api.calls[1].answer(0);
  await settle();
  assert.deepEqual(shown(store), { towel: 1 });
});

test('back-to-what-was-confirmed', async () => {
  const { api, store, sync } = page([mug, 1]);
  sync.changeQuantity('mug', 2);
  sync.changeQuantity('mug', 3);
  sync.changeQuantity('mug', 4);
  api.calls[1].answer();
  api.calls[0].answer();
  await settle();
  assert.deepEqual(shown(store), { mug: 4 });
  api.calls[2].refuse('sold out');
  await settle();
  assert.deepEqual(shown(store), { mug: 3 });
  assert.deepEqual(store.getState().errors, { mug: 'sold out' });
});

test('back-to-the-start', async () => {
  const { api, store, sync } = page([mug, 5]);
  sync.changeQuantity('mug', 6);
  sync.changeQuantity('mug', 7);
  api.calls[0].refuse();
  api.calls[1].refuse();
  await settle();
  assert.deepEqual(shown(store), { mug: 5 });
});

test('an-error-goes-with-the-next-try', async () => {
  const { api, store, sync } = page([mug, 1]);
  sync.changeQuantity('mug', 2);
  api.calls[0].refuse('offline');
  await settle();
  assert.deepEqual(store.getState().errors, { mug: 'offline' });
  assert.deepEqual(store.getState().pending, {});
  sync.changeQuantity('mug', 2);
  assert.deepEqual(store.getState().errors, {});
  assert.deepEqual(store.getState().pending, { mug: true });
});

test('a-refused-removal-comes-back-in-place', async () => {
  const { api, store, sync } = page([mug, 1], [towel, 2], [bowl, 3]);
  sync.changeQuantity('towel', 0);
  assert.deepEqual(shown(store), { mug: 1, bowl: 3 });
  sync.changeQuantity('bowl', 4);
  api.calls[0].refuse('still there');
  await settle();
  const lines = store.getState().lines.map((line) => [line.sku, line.quantity, line.title, line.priceCents]);
  assert.deepEqual(lines, [
    ['mug', 1, 'Mug', 1250],
    ['towel', 2, 'Tea towel', 899],
    ['bowl', 4, 'Bowl', 2105],
  ]);
});

test('an-old-answer-brings-nothing-back', async () => {
  const { api, store, sync } = page([mug, 1], [towel, 2]);
  sync.changeQuantity('mug', 3);
  sync.changeQuantity('mug', 0);
  api.calls[0].answer();
  await settle();
  assert.deepEqual(shown(store), { towel: 2 });
  api.calls[1].answer();
  await settle();
  assert.deepEqual(shown(store), { towel: 2 });
});

test('a-refused-new-product-goes-away', async () => {
  const { api, store, sync } = page([towel, 2]);
  sync.add(mug);
  assert.deepEqual(shown(store), { towel: 2, mug: 1 });
  assert.deepEqual([api.calls[0].sku, api.calls[0].quantity], ['mug', 1]);
  api.calls[0].refuse('sold out');
  await settle();
  assert.deepEqual(shown(store), { towel: 2 });
  assert.deepEqual(store.getState().errors, { mug: 'sold out' });
});

test('undo-is-saved', async () => {
  const { api, store, sync } = page([mug, 1], [towel, 2]);
  sync.changeQuantity('mug', 4);
  api.calls[0].answer();
  await settle();
  sync.undo();
  assert.deepEqual(shown(store), { mug: 1, towel: 2 });
  assert.deepEqual(api.calls.slice(1).map((call) => [call.sku, call.quantity]), [['mug', 1]]);
  api.calls[1].answer();
  await settle();
  assert.deepEqual(shown(store), { mug: 1, towel: 2 });
});

test('promises-are-kept-after-a-refusal', async () => {
  const { api, sync } = page([mug, 1]);
  const done = sync.changeQuantity('mug', 2);
  api.calls[0].refuse();
  await done;
});

test('late-listeners-wait-for-the-next-change', () => {
  const store = createStore(cartReducer, cartOf([mug, 1]));
  const told = [];
  let stopLast;
  let grown = false;
  store.subscribe(() => {
    told.push('first');
    if (grown) return;
    grown = true;
    stopLast();
    store.subscribe(() => told.push('new'));
  });
  stopLast = store.subscribe(() => told.push('last'));
  store.dispatch({ type: 'cart/quantity', sku: 'mug', quantity: 2 });
  assert.deepEqual(told, ['first', 'last']);
  store.dispatch({ type: 'cart/quantity', sku: 'mug', quantity: 3 });
  assert.deepEqual(told, ['first', 'last', 'first', 'new']);
});

test('titles-and-messages-are-escaped', () => {
  const evil = '"><script>alert(1)</script>';
  const state = { ...cartOf([{ ...mug, title: evil, sku: evil }, 1]), errors: { [evil]: evil }, coupon: { code: evil, percent: 1 } };
  const html = renderCart(state);
  assert.ok(!html.includes('<script'));
  assert.equal(html.split('&lt;script&gt;').length - 1, 6);
});
