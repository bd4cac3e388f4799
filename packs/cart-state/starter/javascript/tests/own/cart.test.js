// Your tests.
import assert from 'node:assert/strict';
import test from 'node:test';
import { emptyCart } from '../../src/cart.js';
import { itemCount } from '../../src/selectors.js';

test('an empty cart holds nothing', () => {
  assert.equal(itemCount(emptyCart), 0);
});
