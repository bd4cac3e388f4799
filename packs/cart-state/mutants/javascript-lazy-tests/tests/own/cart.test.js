// Tests that run everything and look at nothing.
import test from 'node:test';
import { cartReducer, emptyCart } from '../../src/cart.js';
import { cartSummary } from '../../src/selectors.js';
import { createStore } from '../../src/store.js';
import { createSync } from '../../src/sync.js';

test('it all works', async () => {
  const store = createStore(cartReducer, emptyCart);
  const sync = createSync(store, { saveQuantity: async (sku, quantity) => ({ quantity }) });
  await sync.add({ sku: 'mug', title: 'Mug', priceCents: 1250 });
  await sync.changeQuantity('mug', 2);
  cartSummary(store.getState());
});
