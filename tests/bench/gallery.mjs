// What a frame of a long gallery costs the browser: node tests/bench/gallery.mjs DATA (a folder that bench_seed made).
// STUDIO_BINARY names the program; UI_DIST=web/dist shows a fresh build of the pages; VIEW=query adds to the address;
// NAMES=1 lists the costliest kinds of work.
// Frame times depend on the machine; the milliseconds of the main thread are ours, those of raster are the browser's.
import { launch, Person } from '../web/support/person.mjs';
import { Studio } from '../web/support/studio.mjs';

const studio = new Studio(process.env.STUDIO_BINARY ?? 'target/release/dreamomni2', process.argv[2]);
const browser = await launch();
try {
  await studio.start();
  const person = await Person.arrive(browser, studio);
  await person.go('/sign-in');
  await person.field('E-mail').fill('bench@studio.example');
  await person.field('Password').fill('a long password for measuring');
  await person.button('Sign in').click();
  await person.page.waitForURL(/\/w\//);
  const ws = new URL(person.page.url()).pathname.split('/')[2];
  const asked = Date.now();
  await person.go(`/w/${ws}/gallery?${process.env.VIEW ?? ''}`);
  await person.page.locator('[data-tile] img').first().waitFor();
  console.log(JSON.stringify({ first_tile_ms: Date.now() - asked }));
  await person.page.waitForTimeout(1500);
  for (const [name, step] of [['scroll 60', 'room.scrollTop += 60'], ['scroll 120', 'room.scrollTop += 120'], ['scroll 260', 'room.scrollTop += 260'], ['jump', 'room.scrollTop = Math.random() * room.scrollHeight']]) {
    // By the clock first, then once more with the tracing that tells what a frame is made of: it costs time itself.
    const frame_ms = quantiles(await walk(person, step));
    await browser.startTracing(person.page, { categories: ['blink.user_timing', 'devtools.timeline', 'toplevel', 'cc', 'disabled-by-default-devtools.timeline'] });
    const traced_ms = quantiles(await walk(person, step));
    const trace = JSON.parse((await browser.stopTracing()).toString());
    console.log(JSON.stringify({ name, frame_ms, traced_ms, ...costs(trace.traceEvents) }));
    await person.page.waitForTimeout(800);
  }
} finally {
  await browser.close();
  await studio.stop();
}

/** 120 steps, one a frame: the milliseconds from frame to frame. */
function walk(person, step) {
  return person.page.evaluate(`(async () => {
    const room = document.querySelector('.wall .room');
    const spans = [];
    let last = performance.now();
    for (let at = 0; at < 120; at += 1) {
      performance.mark('step');
      ${step};
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      spans.push(now - last);
      last = now;
    }
    performance.mark('step');
    return spans;
  })()`);
}

function quantiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => Math.round((sorted[Math.floor((sorted.length - 1) * part)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** Main-thread time per step, its parts by self time, and what other threads spent on raster and decoding. */
function costs(events) {
  const KINDS = {
    script: /^(FunctionCall|EvaluateScript|FireAnimationFrame|EventDispatch|RunMicrotasks|TimerFire|v8|V8|MinorGC|MajorGC|BlinkGC)/,
    style: /^(UpdateLayoutTree|ScheduleStyleRecalculation)$/,
    layout: /^Layout$/,
    paint: /^(PrePaint|Paint|Layerize|Commit|UpdateLayer|UpdateLayerTree)$/,
    network: /^(Resource|XHR)/,
  };
  const marks = events.filter((one) => one.name === 'step' && /user_timing|blink/.test(one.cat)).sort((a, b) => a.ts - b.ts);
  const { pid, tid } = marks[0];
  const [from, to] = [marks[0].ts, marks.at(-1).ts];
  // Time of the processor, not of the clock: what else runs on the machine is not ours.
  const whole = events.filter((one) => one.ph === 'X' && one.ts >= from && one.ts < to).map((one) => ({ ...one, cost: one.tdur ?? one.dur ?? 0 }));
  const main = whole.filter((one) => one.pid === pid && one.tid === tid).sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const parts = {};
  const tasks = [];
  const open = [];
  for (const one of main) {
    one.self = one.cost;
    while (open.length && open.at(-1).ts + open.at(-1).dur <= one.ts) open.pop();
    if (open.length) open.at(-1).self -= one.cost;
    else tasks.push(one);
    open.push(one);
  }
  for (const one of main) {
    const kind = Object.keys(KINDS).find((kind) => KINDS[kind].test(one.name)) ?? 'other';
    parts[kind] = (parts[kind] ?? 0) + one.self / 1000;
  }
  if (process.env.NAMES) console.log(Object.entries(main.reduce((sums, one) => ({ ...sums, [one.name]: (sums[one.name] ?? 0) + one.self / 1000 }), {})).sort((a, b) => b[1] - a[1]).slice(0, 16).map(([name, ms]) => `${name} ${ms.toFixed(0)}`).join(', '));
  const perStep = marks.slice(0, -1).map((mark, at) => tasks.filter((one) => one.ts >= mark.ts && one.ts < marks[at + 1].ts).reduce((sum, one) => sum + one.cost / 1000, 0));
  const elsewhere = (test) => whole.filter((one) => one.pid === pid && one.tid !== tid && test.test(one.name)).reduce((sum, one) => sum + one.cost / 1000, 0);
  const round = (value) => Math.round((value / (marks.length - 1)) * 100) / 100;
  return {
    main_ms: quantiles(perStep), long_tasks: tasks.filter((one) => one.cost > 50_000).length,
    main_parts_per_frame: Object.fromEntries(Object.entries(parts).map(([kind, ms]) => [kind, round(ms)])),
    raster_per_frame: round(elsewhere(/^RasterTask$/)), decode_per_frame: round(elsewhere(/^(ImageDecodeTask|Decode Image)$/)),
  };
}
