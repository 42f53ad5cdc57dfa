// A graph without cycles, drawn in layers from left to right; and the path that decided how long it took.

const WIDTH = 156, HEIGHT = 44, ACROSS = 44, BETWEEN = 14, MARGIN = 12;

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

/** Each edge as a way through all layers between its ends, so that it has a place of its own beside the nodes there. */
function threaded(order) {
  const ways = [];
  for (const from of order) {
    for (const to of from.children) {
      const way = [from];
      for (let layer = from.layer + 1; layer < to.layer; layer++) way.push({ layer, bend: true });
      way.push(to);
      ways.push(way);
    }
  }
  return ways;
}

/** Where each node and each edge is. */
export function layout(jobs, edges) {
  const order = ordered(jobs, edges);
  const ways = threaded(order);
  const layers = [];
  const before = new Map(), behind = new Map();
  const add = (map, key, value) => map.set(key, [...(map.get(key) ?? []), value]);
  for (const place of new Set([...order, ...ways.flat()])) (layers[place.layer] ??= []).push(place);
  for (const way of ways) {
    for (let i = 1; i < way.length; i++) {
      add(before, way[i], way[i - 1]);
      add(behind, way[i - 1], way[i]);
    }
  }
  // Beside the middle of what it is joined to, there and back a few times: few crossings are left.
  layers.forEach(layer => layer.forEach((at, i) => (at.place = i - (layer.length - 1) / 2)));
  for (let round = 0; round < 8; round++) {
    const forth = round % 2 === 0;
    for (const layer of forth ? layers : layers.toReversed()) {
      for (const at of layer) {
        const near = (forth ? before : behind).get(at) ?? [];
        at.pull = near.length ? near.reduce((sum, n) => sum + n.place, 0) / near.length : at.place;
      }
      layer.sort((a, b) => a.pull - b.pull);
      layer.forEach((at, i) => (at.place = i - (layer.length - 1) / 2));
    }
  }
  const tallest = Math.max(1, ...layers.map(layer => layer.length));
  const height = tallest * (HEIGHT + BETWEEN) - BETWEEN + 2 * MARGIN;
  for (const at of layers.flat()) {
    at.x = MARGIN + at.layer * (WIDTH + ACROSS);
    at.y = height / 2 + at.place * (HEIGHT + BETWEEN);
  }
  return {
    width: layers.length * (WIDTH + ACROSS) - ACROSS + 2 * MARGIN,
    height,
    nodes: order.map(node => ({ ...node, y: node.y - HEIGHT / 2, width: WIDTH, height: HEIGHT, seconds: node.started_at ? seconds(node) : null })),
    edges: ways.map(way => ({ parent: way[0].job_id, child: way.at(-1).job_id, path: curve(way) })),
  };
}

/** From the right side of each place to the left side of the next, straight through a bend. */
function curve(way) {
  let path = "";
  for (let i = 1; i < way.length; i++) {
    const x1 = way[i - 1].x + WIDTH, y1 = way[i - 1].y, x2 = way[i].x, y2 = way[i].y, middle = (x1 + x2) / 2;
    path += `${i === 1 ? "M" : "L"}${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
  }
  return path;
}
