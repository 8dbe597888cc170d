// Slow: no index serves a pattern that begins with a wildcard, so that each report reads the whole table.

export async function returnsReport(pool) {
  const returned = await sumReturns(pool);
  return { customers: returned.length, largest: returned[0] ?? null };
}

async function sumReturns(pool) {
  const { rows } = await pool.query(
    `SELECT customer_id, sum(total) AS total FROM orders
      WHERE note ILIKE '%returned%' AND total > 10 GROUP BY customer_id ORDER BY total DESC LIMIT 10`,
  );
  return rows;
}
