// A graph without cycles, drawn in layers from left to right; and the path that decided how long it took.

const WIDTH = 168, HEIGHT = 44, ACROSS = 56, BETWEEN = 14, MARGIN = 12;

const seconds = node =>
  node.started_at ? Math.max(0, (Date.parse(node.finished_at ?? new Date().toISOString()) - Date.parse(node.started_at)) / 1000) : 0;

/** Nodes parents first, with what they wait for and what waits for them. */
function ordered(jobs, edges) {
  const nodes = new Map(jobs.map(job => [job.job_id, { ...job, parents: [], children: [], layer: 0 }]));
  for (const { parent, child } of edges) {
    const from = nodes.get(parent), to = nodes.get(child);
    if (from && to) {
      from.children.push(to);
      to.parents.push(from);
    }
  }
  const open = new Map([...nodes.values()].map(node => [node, node.parents.length]));
  const order = [...nodes.values()].filter(node => open.get(node) === 0);
  for (const node of order) {
    for (const child of node.children) {
      child.layer = Math.max(child.layer, node.layer + 1);
      open.set(child, open.get(child) - 1);
      if (open.get(child) === 0) order.push(child);
    }
  }
  return order;
}

/** The chain of jobs with the longest runs in all, as a set of ids; by their number where nothing has run yet. */
export function criticalPath(jobs, edges) {
  const order = ordered(jobs, edges);
  const best = new Map();
  let last = null;
  for (const node of order) {
    const before = node.parents.reduce((a, p) => (a === null || best.get(p).length > best.get(a).length ? p : a), null);
    best.set(node, { before, length: (before ? best.get(before).length : 0) + seconds(node) + 1e-6 });
    if (last === null || best.get(node).length > best.get(last).length) last = node;
  }
  const path = [];
  for (let node = last; node; node = best.get(node).before) path.unshift(node);
  return { ids: new Set(path.map(node => node.job_id)), keys: path.map(node => node.key), seconds: path.reduce((sum, node) => sum + seconds(node), 0) };
}

/** Where each node and each edge is. */
export function layout(jobs, edges) {
  const order = ordered(jobs, edges);
  const layers = [];
  for (const node of order) (layers[node.layer] ??= []).push(node);
  // Beside the middle of what it is joined to, there and back a few times: few crossings are left.
  for (let round = 0; round < 8; round++) {
    const forth = round % 2 === 0;
    for (const layer of forth ? layers : layers.toReversed()) {
      layer.forEach((node, i) => {
        const near = forth ? node.parents : node.children;
        node.pull = near.length ? near.reduce((sum, n) => sum + n.place, 0) / near.length : (node.place ?? i);
      });
      layer.sort((a, b) => a.pull - b.pull);
      layer.forEach((node, i) => (node.place = i - (layer.length - 1) / 2));
    }
  }
  const tallest = Math.max(1, ...layers.map(layer => layer.length));
  const height = tallest * (HEIGHT + BETWEEN) - BETWEEN + 2 * MARGIN;
  for (const node of order) {
    node.x = MARGIN + node.layer * (WIDTH + ACROSS);
    node.y = height / 2 + node.place * (HEIGHT + BETWEEN) - HEIGHT / 2;
  }
  return {
    width: layers.length * (WIDTH + ACROSS) - ACROSS + 2 * MARGIN,
    height,
    nodes: order.map(node => ({ ...node, width: WIDTH, height: HEIGHT, seconds: node.started_at ? seconds(node) : null })),
    edges: order.flatMap(from =>
      from.children.map(to => {
        const x1 = from.x + WIDTH, y1 = from.y + HEIGHT / 2, x2 = to.x, y2 = to.y + HEIGHT / 2, bend = Math.max(24, (x2 - x1) / 2);
        return { parent: from.job_id, child: to.job_id, path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` };
      })),
  };
}
