// Command dashboard measures the dashboard as a browser has it: Chromium
// against the real binary, with a project of 1,000 environments, of which some
// run an app of their own, and one whose logs hold more lines than the
// dashboard keeps.
//
//	make bench BENCH=dashboard
//	go run ./bench/dashboard -rounds 3
//
// What it prints is measured inside the browser, by web/e2e/dashboard.bench.ts,
// where each figure is defined:
//
//   - first load: script and styles as they came over the wire, the first text,
//     and the page's own data on the screen; nothing is in the browser's cache.
//   - interaction: from a real click or key to the frame that shows its effect,
//     by the browser's Event Timing; until what was asked for is there; and the
//     processor's time of the page's main thread, for each click or key, which
//     is the one figure that other work on the machine does not touch.
//   - scrolling: the time between two frames, long tasks, elements of the
//     document, memory.
//   - interaction and scrolling of the overview while about 200 events a second
//     come in.
//
// It has a data directory and ports of its own, ends what it started, and is
// over in a few minutes. Figures depend on the machine and on what else it
// does: the state of both stands above them.
package main
