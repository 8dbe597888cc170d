/** What the shop sells: made up, and the same at every start. */

const COLOURS = ['red', 'blue', 'green', 'black', 'white', 'yellow', 'grey', 'brown'];
const MATERIALS = ['wooden', 'steel', 'paper', 'glass', 'woollen', 'linen', 'plastic', 'leather'];
const THINGS = ['chair', 'table', 'lamp', 'shelf', 'carpet', 'clock', 'basket', 'mirror'];
const COUNT = 128;

export const products = Array.from({ length: COUNT }, (_, id) => {
  const thing = THINGS[id % 8];
  const material = MATERIALS[(id >> 3) % 8];
  const colour = COLOURS[(id + (id >> 6)) % 8];
  const description = `A ${material} ${thing} in ${colour}, made to last and easy to clean.`;
  return { id, name: `${colour} ${material} ${thing}`, price: 5 + ((37 * id) % 200), description };
});

export function findProduct(id) {
  return products[Number(id)];
}
