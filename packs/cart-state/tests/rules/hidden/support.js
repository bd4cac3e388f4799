// What the hidden tests share: products, frozen states, a server that answers when told to.
import { cartReducer, emptyCart } from '../src/cart.js';
import { createStore } from '../src/store.js';
import { createSync } from '../src/sync.js';

export const mug = { sku: 'mug', title: 'Mug', priceCents: 1250 };
export const towel = { sku: 'towel', title: 'Tea towel', priceCents: 899 };
export const bowl = { sku: 'bowl', title: 'Bowl', priceCents: 2105 };

export function frozen(value) {
  if (value && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

// cartOf([mug, 1], [towel, 2])
export function cartOf(...lines) {
  return frozen({ ...emptyCart, lines: lines.map(([product, quantity]) => ({ ...product, quantity })) });
}

// A reducer whose states are frozen as soon as they are given out: whoever changes one fails.
export function strict(state, action) {
  return frozen(cartReducer(frozen(state), frozen(action)));
}

// Requests wait in `calls` until the test answers or refuses them.
export function server() {
  const calls = [];
  return {
    calls,
    saveQuantity(sku, quantity) {
      return new Promise((resolve, reject) => {
        calls.push({
          sku,
          quantity,
          answer: (granted = quantity) => resolve({ quantity: granted }),
          refuse: (message = 'no') => reject(new Error(message)),
        });
      });
    },
  };
}

// Lets every answer that was given reach its listeners.
export function settle() {
  return new Promise((resolve) => setImmediate(resolve));
}

export function page(...lines) {
  const api = server();
  const store = createStore(cartReducer, cartOf(...lines));
  return { api, store, sync: createSync(store, api) };
}

// {mug: 1, towel: 2}
export function shown(store) {
  return Object.fromEntries(store.getState().lines.map((line) => [line.sku, line.quantity]));
}
