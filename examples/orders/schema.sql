CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL, total numeric(10, 2) NOT NULL, note text NOT NULL);
INSERT INTO orders (customer_id, total, note)
  SELECT n % 1000, (n * 37 % 9973) / 10.0, CASE WHEN n % 50 = 0 THEN 'sent, paid, returned' ELSE 'sent and paid in full' END
    FROM generate_series(1, 200000) n;
CREATE INDEX ON orders (customer_id);
ANALYZE orders;
