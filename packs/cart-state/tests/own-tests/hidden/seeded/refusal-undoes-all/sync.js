// Shows changes at once and saves them on the server. See README.md for the rules.

export function createSync(store, api) {
  let requests = 0;
  // sku -> number of its newest request
  const newest = new Map();
  // sku -> {sku, line, at, quantity, request}: what the server confirmed last, and where the line stood
  const confirmed = new Map();
  store.getState().lines.forEach((line, at) => {
    confirmed.set(line.sku, { sku: line.sku, line, at, quantity: line.quantity, request: 0 });
  });

  // `shown` is the state before the customer's change: it knows lines that the change removes.
  function save(sku, quantity, shown) {
    const request = ++requests;
    newest.set(sku, request);
    noteLine(sku, shown);
    store.dispatch({ type: 'sync/started', sku });
    return api.saveQuantity(sku, quantity).then(
      (answer) => succeeded(sku, request, answer.quantity),
      (error) => failed(sku, request, error.message, shown),
    );
  }

  function noteLine(sku, shown) {
    const known = confirmed.get(sku) ?? { sku, line: null, at: 0, quantity: 0, request: 0 };
    const at = shown.lines.findIndex((each) => each.sku === sku);
    confirmed.set(sku, at < 0 ? known : { ...known, at, line: shown.lines[at] });
  }

  function succeeded(sku, request, quantity) {
    const known = confirmed.get(sku);
    if (request > known.request) confirmed.set(sku, { ...known, quantity, request });
    if (request === newest.get(sku)) {
      store.dispatch({ type: 'sync/confirmed', sku, confirmed: confirmed.get(sku) });
    }
  }

  function failed(sku, request, message, shown) {
    if (request !== newest.get(sku)) return;
    for (const [at, line] of shown.lines.entries()) {
      const state = { sku: line.sku, line, at, quantity: line.quantity };
      store.dispatch({ type: 'sync/failed', sku: line.sku, message, confirmed: state });
    }
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
