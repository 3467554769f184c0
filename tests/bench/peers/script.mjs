// A good script: claims 500 orders in a statement, keeps 64 requests in flight, writes 500 answers back in a statement. It is
// fast, and loses or doubles orders when it is killed.
import { count, filled, inFlight, post, report, settled, write } from './orders.mjs'

const group = 500
const pool = await filled(4)
await settled(pool)

const waiting = []
let asking, empty = false
async function claim() {
  const { rows } = await pool.query(`update orders set state = 'submitting', tries = tries + 1
    where id in (select id from orders where state = 'ready' order by id limit $1 for update skip locked) returning id, body`, [group])
  if (rows.length === 0) empty = true
  waiting.push(...rows)
  asking = undefined
}
async function next() {
  while (waiting.length === 0 && !empty) await (asking ??= claim())
  return waiting.shift()
}

let done = { ids: [], codes: [] }
const writes = []
function flush() {
  if (done.ids.length > 0) writes.push(write(pool, done.ids, done.codes))
  done = { ids: [], codes: [] }
}
async function send() {
  for (let order; (order = await next());) {
    const code = await post(order.body)
    done.ids.push(order.id)
    done.codes.push(code)
    if (done.ids.length === group) flush()
  }
}

const began = performance.now()
await Promise.all(Array.from({ length: inFlight }, send))
flush()
await Promise.all(writes)
await report(pool, began)
