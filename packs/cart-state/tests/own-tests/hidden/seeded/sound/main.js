// The page: wires store, sync and view to the document, with a made-up server that is slow and fails at times.
import { cartReducer, emptyCart } from './cart.js';
import { itemCount } from './selectors.js';
import { createStore } from './store.js';
import { createSync } from './sync.js';
import { renderCart } from './view.js';

const api = {
  saveQuantity(sku, quantity) {
    return new Promise((resolve, reject) => {
      const answer = () => (Math.random() < 0.1 ? reject(new Error('Could not save.')) : resolve({ quantity }));
      setTimeout(answer, 200 + Math.random() * 2000);
    });
  },
};

const store = createStore(cartReducer, {
  ...emptyCart,
  lines: [
    { sku: 'mug', title: 'Mug', priceCents: 1250, quantity: 1 },
    { sku: 'towel', title: 'Tea towel', priceCents: 899, quantity: 2 },
  ],
});
const sync = createSync(store, api);
const cart = document.getElementById('cart');
const badge = document.getElementById('badge');

function draw() {
  cart.innerHTML = renderCart(store.getState());
  badge.textContent = itemCount(store.getState());
}

cart.addEventListener('click', (event) => {
  const { less, more } = event.target.dataset;
  const line = store.getState().lines.find((each) => each.sku === (less ?? more));
  if (line) sync.changeQuantity(line.sku, line.quantity + (more ? 1 : -1));
});
document.getElementById('undo').addEventListener('click', () => sync.undo());
store.subscribe(draw);
draw();
