// What the peers share: a table of orders, the POST, and the closing figures as one line of JSON.
import { Pool } from 'undici'
import pg from 'pg'

export const { DATABASE_URL, API } = process.env
export const count = Number(process.env.ORDERS), inFlight = Number(process.env.IN_FLIGHT ?? 64)
const provider = new Pool(API, { connections: inFlight, pipelining: 1 })

export async function post(order) {
  const { statusCode, body } = await provider.request({
    method: 'POST', path: '/infoIpoE/v2/orders', body: JSON.stringify(order),
    headers: { 'content-type': 'application/json', authorization: 'Bearer stub' } })
  const answer = await body.json()
  if (statusCode !== 201) throw new Error(`HTTP ${statusCode}`)
  return answer.orderCode
}

/** A pool of connections to a database whose table `orders` holds `count` orders that wait. */
export async function filled(connections) {
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: connections })
  await pool.query(`create table orders (id bigint generated always as identity primary key, key text not null unique,
    state text not null default 'ready', body jsonb not null, code text, tries int not null default 0, changed timestamptz not null default now())`)
  await pool.query(`create index orders_ready on orders (id) where state = 'ready'`)
  await pool.query(`insert into orders (key, body) select 'K' || n, jsonb_build_object('orderType', '1', 'startOrderPostData', jsonb_build_object(
    'customerSiteName', '東京第' || n || '店', 'customerCode', 'A10000105', 'caseName', '佐藤商会', 'lineId', 'CAF' || 1000000000 + n,
    'lineAccessKey', 'a1b2c3d4', 'products', jsonb_build_array(jsonb_build_object('productCode', '1-1-1-1-1'))))
    from generate_series(1, $1::int) n`, [count])
  return pool
}

export const settled = pool => pool.query('vacuum analyze').then(() => pool.query('checkpoint'))

export async function write(pool, ids, codes) {
  await pool.query(`update orders set state = 'accepted', code = t.code, changed = now()
    from unnest($1::bigint[], $2::text[]) as t (id, code) where orders.id = t.id`, [ids, codes])
}

export async function report(pool, began) {
  const seconds = (performance.now() - began) / 1000
  const used = process.resourceUsage()
  const { rows } = await pool.query(`select count(*)::int as n from orders where state = 'accepted' and code is not null`)
  if (rows[0].n !== count) throw new Error(`${count - rows[0].n} orders were lost`)
  console.log(JSON.stringify({ rate: count / seconds, cpu: (used.userCPUTime + used.systemCPUTime) / 1000 / (count / 1000), peak: used.maxRSS / 1024 }))
  process.exit(0)
}
