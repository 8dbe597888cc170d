/** The shop's server. `PORT` (3000) says where it listens, on 127.0.0.1 only. README.md says what is planted where. */

import { fileURLToPath } from 'node:url';
import express from 'express';
import { checkPassword } from './accounts.js';
import { findProduct, products } from './catalog.js';
import { loadOrder, summarizeOrder } from './orders.js';
import { rankBySimilarity } from './search.js';
import { quoteShipping, startCarrier } from './shipping.js';

const app = express();
app.set('views', fileURLToPath(new URL('./views', import.meta.url)));
app.set('view engine', 'ejs');
app.use(express.json());

app.get('/', function home(_request, response) {
  response.render('home', { title: 'Shop', products: products.slice(0, 60) });
});

const api = express.Router();

api.get('/products', function listProducts(_request, response) {
  response.json(products);
});

api.get('/products/:id', function showProduct(request, response) {
  const product = findProduct(request.params.id);
  if (product) response.json(product);
  else response.status(404).json({ error: 'no such product' });
});

api.get('/search', function searchProducts(request, response) {
  response.json(rankBySimilarity(products, String(request.query.q ?? '')).slice(0, 20));
});

api.post('/login', function login(request, response) {
  const { name, password } = request.body ?? {};
  response.status(checkPassword(name, password) ? 200 : 401).json({ name });
});

api.get('/orders/:id', async function showOrder(request, response) {
  const order = await loadOrder(Number(request.params.id));
  response.json(summarizeOrder(order));
});

api.get('/shipping/:id', async function showShipping(request, response) {
  response.json(await quoteShipping(findProduct(request.params.id) ?? products[0]));
});

app.use('/api', api);

await startCarrier();
const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) {
    console.error(`shop: ${error.message}`);
    process.exit(1);
  }
  console.log(`shop: http://127.0.0.1:${server.address().port}`);
});
