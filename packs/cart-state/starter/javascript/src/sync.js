// Shows changes at once and saves them on the server. See README.md for the rules.

export function createSync(store, api) {
  function save(sku, quantity, before) {
    store.dispatch({ type: 'sync/started', sku });
    return api.saveQuantity(sku, quantity).then(
      (answer) => store.dispatch({ type: 'sync/confirmed', sku, quantity: answer.quantity }),
      (error) => store.dispatch({ type: 'sync/failed', sku, message: error.message, before }),
    );
  }

  function quantityOf(state, sku) {
    const line = state.lines.find((each) => each.sku === sku);
    return line ? line.quantity : 0;
  }

  return {
    // Each returns a promise that is kept when the server has answered, whatever the answer.
    add(product) {
      const before = store.getState();
      store.dispatch({ type: 'cart/add', product });
      return save(product.sku, quantityOf(store.getState(), product.sku), before);
    },

    changeQuantity(sku, quantity) {
      const before = store.getState();
      store.dispatch({ type: 'cart/quantity', sku, quantity });
      return save(sku, quantityOf(store.getState(), sku), before);
    },

    // Undoes the customer's last change and saves every product whose quantity it changed.
    undo() {
      const before = store.getState();
      store.dispatch({ type: 'cart/undo' });
      const after = store.getState();
      const skus = new Set([...before.lines, ...after.lines].map((line) => line.sku));
      const changed = [...skus].filter((sku) => quantityOf(before, sku) !== quantityOf(after, sku));
      return Promise.all(changed.map((sku) => save(sku, quantityOf(after, sku), before)));
    },
  };
}
