// The table of results as people read it.
const number = n => n === undefined || n === null ? '' : Math.abs(n) >= 1000 ? Math.round(n).toLocaleString('en-US')
  : Math.abs(n) >= 100 ? n.toFixed(0) : Math.abs(n) >= 10 ? n.toFixed(1) : n.toFixed(2)
const withUnit = (n, unit) => n === undefined || n === null ? '' : `${number(n)} ${unit}`.trim()

/** How a goal is said and whether it is met: of the ratio, or of the figure itself. */
export function judged({ ours, ratio, goal }) {
  if (!goal) return { said: '', met: undefined }
  const value = goal.of === 'ratio' ? ratio : ours
  const said = (goal.atLeast !== undefined ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`) + (goal.of === 'ratio' ? ' ×' : '')
  return { said, met: goal.atLeast !== undefined ? value >= goal.atLeast : value <= goal.atMost }
}

export function asTable(results, { machine, rounds }) {
  const lines = [['what', 'ours', 'reference', 'ratio', 'goal', '']]
  for (const r of results) {
    if (r.failed) {
      lines.push([r.what, 'not measured: ' + r.failed, '', '', '', '✗'])
      continue
    }
    const { said, met } = judged(r)
    lines.push([r.what, withUnit(r.ours, r.unit), r.reference === undefined ? '' : `${withUnit(r.reference, r.unit)} (${r.of})`,
      r.ratio === undefined ? '' : number(r.ratio), said, met === undefined ? '' : met ? '✓' : '✗'])
  }
  const widths = lines[0].map((_, i) => Math.max(...lines.map(l => [...l[i]].length)))
  const line = cells => `| ${cells.map((c, i) => c + ' '.repeat(widths[i] - [...c].length)).join(' | ')} |`
  return [`${machine.processor}, ${machine.cores} cores, ${machine.memory_gb} GB; PostgreSQL ${machine.postgresql}, fsync ${machine.fsync}; ` +
    `ipoe-orderd ${machine.version}; ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}`, '',
    line(lines[0]), `|${widths.map(w => '-'.repeat(w + 2)).join('|')}|`, ...lines.slice(1).map(line)].join('\n')
}
