export async function findOrder(pool, id) {
  const { rows } = await pool.query('SELECT id, customer_id, total, note FROM orders WHERE id = $1', [id]);
  return rows[0];
}

export async function ordersOf(pool, customerId) {
  const { rows } = await pool.query('SELECT id, total FROM orders WHERE customer_id = $1 ORDER BY id DESC LIMIT 20', [
    customerId,
  ]);
  return rows;
}
