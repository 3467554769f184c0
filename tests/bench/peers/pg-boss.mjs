// pg-boss: jobs fetched by the batch by two fetchers that share the 64 places, each batch written back and completed in a statement.
// Its own `work` asks at most twice a second for a batch, which would measure the pause.
import PgBoss from 'pg-boss'
import { count, DATABASE_URL, filled, inFlight, post, report, settled, write } from './orders.mjs'

const queue = 'order', batchSize = 500, fetchers = 2
const pool = await filled(4)
const boss = new PgBoss({ connectionString: DATABASE_URL, supervise: false, schedule: false })
await boss.start()
await boss.createQueue(queue)
for (let after = 0; after < count; after += 1000) {
  const { rows } = await pool.query('select id, body from orders where id > $1 and id <= $1 + 1000', [after])
  await boss.insert(rows.map(data => ({ name: queue, data })))
}
await settled(pool)

async function work() {
  for (let jobs; (jobs = await boss.fetch(queue, { batchSize })).length > 0;) {
    const waiting = [...jobs], ids = [], codes = []
    const send = async () => {
      for (let job; (job = waiting.shift());) {
        const code = await post(job.data.body)
        ids.push(job.data.id)
        codes.push(code)
      }
    }
    await Promise.all(Array.from({ length: inFlight / fetchers }, send))
    await write(pool, ids, codes)
    await boss.complete(queue, jobs.map(job => job.id))
  }
}

const began = performance.now()
await Promise.all(Array.from({ length: fetchers }, work))
await report(pool, began)
