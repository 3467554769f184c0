// graphile-worker: 64 jobs at once from a local queue of 500, completions in batches; each task writes its own order, as a task is one order's.
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import { count, filled, inFlight, post, report, settled, write } from './orders.mjs'

const logger = new Logger(() => () => {})
const pool = await filled(10)
const utils = await makeWorkerUtils({ pgPool: pool, logger })
await utils.migrate()
await pool.query(`select graphile_worker.add_jobs(array(select json_populate_record(null::graphile_worker.job_spec,
  json_build_object('identifier', 'order', 'payload', json_build_object('id', id, 'body', body))) from orders))`)
await settled(pool)

let left = count
let finish
const all = new Promise(resolve => { finish = resolve })
const began = performance.now()
await run({
  pgPool: pool, logger, noHandleSignals: true,
  preset: { worker: { concurrentJobs: inFlight, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0, pollInterval: 100 } },
  taskList: { order: async ({ id, body }) => {
    await write(pool, [id], [await post(body)])
    if (--left === 0) finish()
  } } })
await all
await report(pool, began)
