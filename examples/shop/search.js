/** Search. PLANTED: `rankBySimilarity` compares every product with every other one. */

/** The products that fit a query best, those first that are least like all the others: quadratic in the number of products. */
export function rankBySimilarity(products, query) {
  const wanted = pairsOf(query);
  const pairs = products.map(({ name }) => pairsOf(name));
  const ranked = [];
  for (const [i, own] of pairs.entries()) {
    let likeOthers = 0;
    for (const other of pairs) {
      for (const pair of own) if (other.has(pair)) likeOthers += 1 / (own.size * pairs.length);
    }
    let likeQuery = 0;
    for (const pair of own) if (wanted.has(pair)) likeQuery += 1 / own.size;
    ranked.push({ ...products[i], score: likeQuery - likeOthers });
  }
  return ranked.sort((a, b) => b.score - a.score);
}

/** The pairs of neighbouring letters. */
function pairsOf(text) {
  const pairs = new Set();
  for (let i = 0; i < text.length - 1; i++) pairs.add(text.slice(i, i + 2));
  return pairs;
}
