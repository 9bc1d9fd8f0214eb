"use strict";

// Shows which version answers, over each of the four ways in which the page
// talks to the backend. All addresses are relative: the page works under any
// host that the edge gives it.

const at = (id) => document.getElementById(id);
const show = (id, text) => { at(id).textContent = text; };

// Each version keeps the colour it got first, so that a switch is seen as a
// change of colour everywhere at once.
const palette = ["#0f766e", "#b45309", "#6d28d9", "#be185d", "#1d4ed8", "#4d7c0f"];
const colours = new Map();

function colour(version) {
  if (!colours.has(version)) colours.set(version, palette[colours.size % palette.length]);
  return colours.get(version);
}

function paint(element, version) {
  element.style.setProperty("--version", colour(version));
}

function chip(id, version) {
  show(id, version);
  paint(at(id), version);
}

function state(id, text, kind) {
  show(id, text);
  at(id).className = `state ${kind}`;
}

// ---- /api/version, twice a second ----

const kept = 60;
const answers = []; // versions, or null for a failure
let answered = 0;
let failed = 0;

async function poll() {
  const began = performance.now();
  try {
    const response = await fetch("api/version", { cache: "no-store", signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`answered ${response.status}`);
    const who = await response.json();
    answered++;
    answers.push(who.version);
    show("version", who.version);
    at("version").title = who.version;
    paint(at("now"), who.version);
    paint(at("version"), who.version);
    show("environment", who.environment);
    show("instance", who.instance);
    show("pid", who.pid);
    show("latency", `${Math.max(1, Math.round(performance.now() - began))} ms`);
    document.title = `Sunday ${who.version}`;
    state("now-state", "up", "good");
    at("now").classList.remove("failing");
  } catch (error) {
    failed++;
    answers.push(null);
    show("latency", error.message);
    state("now-state", "failing", "bad");
    at("now").classList.add("failing");
  }
  if (answers.length > kept) answers.shift();
  drawHistory();
  setTimeout(poll, 500);
}

function drawHistory() {
  at("strip").replaceChildren(...Array.from({ length: kept }, (_, i) => {
    const bar = document.createElement("li");
    const index = i - (kept - answers.length);
    if (index < 0) {
      bar.className = "waiting";
    } else if (answers[index] === null) {
      bar.className = "failure";
      bar.title = "failed";
    } else {
      paint(bar, answers[index]);
      bar.title = answers[index];
    }
    return bar;
  }));
  const counts = new Map();
  for (const version of answers) if (version !== null) counts.set(version, (counts.get(version) ?? 0) + 1);
  at("legend").replaceChildren(...[...counts].map(([version, count]) => {
    const entry = document.createElement("li");
    const share = document.createElement("span");
    share.textContent = ` ${Math.round((100 * count) / answers.length)} %`;
    entry.append(version, share);
    paint(entry, version);
    return entry;
  }));
  show("answered", answered);
  show("failed", failed);
  at("failed").style.color = failed ? "var(--bad)" : "";
}

// ---- /api/ws: one message a second, each must come back ----

let echoes = 0;
let sockets = 0;

function openSocket() {
  const url = new URL("api/ws", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url);
  let timer;
  socket.onopen = () => {
    show("ws-reconnects", sockets++);
    state("ws-state", "open", "good");
    let number = 0;
    const send = () => socket.send(`message ${++number}`);
    send();
    timer = setInterval(send, 1000);
  };
  socket.onmessage = (message) => {
    const { echo, version } = JSON.parse(message.data);
    chip("ws-version", version);
    show("ws-text", `echoed “${echo}”`);
    show("ws-count", ++echoes);
  };
  socket.onclose = (event) => {
    clearInterval(timer);
    // 1001 is how an instance that is being replaced says goodbye.
    state("ws-state", event.code === 1001 ? "moving on" : `closed (${event.code})`, event.code === 1001 ? "" : "bad");
    setTimeout(openSocket, 500);
  };
}

// ---- /api/events ----

let events = 0;
let streams = 0;

function openEvents() {
  const source = new EventSource("api/events");
  source.onopen = () => {
    show("sse-reconnects", streams++);
    state("sse-state", "open", "good");
  };
  source.onmessage = (event) => {
    chip("sse-version", JSON.parse(event.data).version);
    show("sse-text", `event ${event.lastEventId}`);
    show("sse-count", ++events);
  };
  source.onerror = () => {
    state("sse-state", "reconnecting", "bad");
    // A browser reconnects by itself after a lost stream, but gives up after
    // an answer that is no stream, such as a 502.
    if (source.readyState === EventSource.CLOSED) setTimeout(openEvents, 1000);
  };
}

// ---- /server-check: does the frontend's own backend belong to its revision? ----

async function check() {
  try {
    const response = await fetch("server-check", { cache: "no-store" });
    const result = await response.json();
    chip("check-frontend", result.frontend.version);
    if (result.backend) {
      chip("check-backend", result.backend.version);
      state("check-state", result.sameVersion ? "same version" : "mixed versions", result.sameVersion ? "good" : "bad");
      show("check-text", "The frontend server calls its backend through BACKEND_URL.");
    } else {
      state("check-state", "no backend", "bad");
      show("check-text", result.error);
    }
  } catch (error) {
    state("check-state", "no answer", "bad");
    show("check-text", error.message);
  }
  setTimeout(check, 2000);
}

// ---- /api/orders ----

async function drawOrders() {
  const response = await fetch("api/orders", { cache: "no-store" });
  if (!response.ok) throw new Error(`cannot be read: the backend answered ${response.status}`);
  const { orders, total } = await response.json();
  ordersTotal(total ? `${total} taken by this instance` : "", false);
  if (orders.length === 0) {
    const empty = document.createElement("tr");
    const cell = empty.insertCell();
    cell.colSpan = 5;
    cell.className = "empty";
    cell.textContent = "No orders yet.";
    at("orders").replaceChildren(empty);
    return;
  }
  at("orders").replaceChildren(...orders.slice(0, 8).map((order) => {
    const row = document.createElement("tr");
    const cell = (content, className) => {
      const td = row.insertCell();
      td.append(content);
      if (className) td.className = className;
    };
    const by = document.createElement("span");
    by.className = "chip";
    by.textContent = order.version;
    paint(by, order.version);
    cell(order.id);
    cell(order.item);
    cell(order.quantity, "number");
    cell(by);
    cell(new Date(order.placed).toLocaleTimeString(), "time");
    return row;
  }));
}

function ordersTotal(text, bad) {
  show("orders-total", text);
  at("orders-total").className = bad ? "total bad" : "total";
}

function orderResult(text, bad) {
  show("order-result", text);
  at("order-result").className = bad ? "bad" : "";
}

at("order").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  try {
    const response = await fetch("api/orders", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ item: form.get("item"), quantity: Number(form.get("quantity")) }),
    });
    // A proxy's own error page is not JSON.
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(answer.error ?? `The backend answered ${response.status}.`);
    orderResult(`Order ${answer.id} taken by ${answer.version}.`, false);
    await drawOrders();
  } catch (error) {
    orderResult(error.message, true);
  }
});

async function refreshOrders() {
  try {
    await drawOrders();
  } catch (error) {
    ordersTotal(error.message, true);
  }
  setTimeout(refreshOrders, 5000);
}

drawHistory();
poll();
openSocket();
openEvents();
check();
refreshOrders();
