// Package agent is the process that carries out a machine's part: it
// supervises instances, runs jobs, and holds the edge that leads requests to
// them (package edge). The server speaks to it over a socket (package wire)
// and may come and go; the agent may be killed and replaced; the apps go on.
//
// # Invariants
//
//  1. Declared, then done. What shall be is durable (store.go) and announced
//     (journal.go) before the first effect of it. A call that fails with
//     unavailable has changed nothing.
//  2. One process for an instance. A launch has a name that is durable before
//     the fork and that the process carries in its environment, so that an
//     agent that finds the name finds the process.
//  3. A fence that was seen stays seen: it is durable before anything is done
//     under it, and outlives its environment.
//  4. An instance is in its pool exactly while it is ready. It leaves the pool
//     before anything happens to it, and gets its signal when no request is
//     on its way to it, or its drain time is over.
//  5. Ready means: its check passes, and every socket that listens on its port
//     belongs to its processes.
//  6. Nothing of a launch outlives it: when its process is gone, so are its
//     group, whoever left the group with the launch's mark, and whoever is in
//     its cell.
//  7. A stop that was declared is finished, by this agent or the next, whether
//     anyone still waits for it or not.
//
// # The life of an instance
//
//	                 ┌───────────── exits ─────────────┐
//	                 ▼                                 │
//	Start ──► declared ──► starting ──► ready ⇄ unready
//	                 ▲         │          │        │
//	              backoff ◄──exits────────┴────────┤
//	                                               ▼
//	Stop, or fewer replicas, at any point ──► draining ──► SIGTERM ──► SIGKILL ──► gone
//
// Each instance has a goroutine (instance.go) and a back-off of its own.
//
// # Limits
//
// A launch with limits begins in a cell: a cgroup of its own, below the
// agent's (limit_cell_linux.go). Under version 1 the thread that forks goes
// there first; under version 2 the kernel puts the child there, and the agent
// itself lives in a leaf, so that its cgroup may limit what is below. Cells are
// named after the directory's key and the launch: an agent in another cgroup
// finds those of living processes by their PID, and what is left of others
// below the directories that the file cgroups lists. A cell that cannot be
// made stops no start; the instance and Info say so.
//
// # Figures and logs
//
// Every five seconds the agent takes what the edge has counted and looks at
// its processes (book.go). A minute that is over becomes a file (frames.go),
// which waits for a server. Apps write to their logs themselves; beside each
// lies a file of when there was how much (logtimes.go), from which lines get
// their times and an order over all instances. A reader asks page by page
// (logpage.go): nothing is held between two pages.
//
// # What happens when something dies
//
//	an instance        its group is ended, it is started again after a pause
//	the server         nothing; a call that it had made is finished or repeated
//	the agent          instances and jobs go on and write to their files. The next
//	                   agent finds them by PID and start time, or by the launch's
//	                   name, and serves with the readiness they had before its
//	                   first probe (adopt.go). Requests in flight through the edge
//	                   break: that is why agents are replaced by handover
//	the agent, between declaring and forking
//	                   the next one finds no process of that name and starts one
//	the agent, handing over
//	                   before "ready": the old one goes on; after it: the new one
//	                   (handover.go)
//	the process around a job
//	                   the job's result is that it was killed; it is not run again
//	                   (jobs.go). A request whose agent died, too, is sent again
//	the machine        what shall run is started again when an agent is
//	the disk is full   calls fail with unavailable; instances run and are served
//	state is damaged   the agent says so and does not start: see openStore
//
// # The directory
//
//	agent.lock  held by the agent that serves        agent.sock  its socket (see wire.SocketPath)
//	key, state  sealed: specs hold secrets           journal.jsonl, .1  wire.Entry a line
//	figures/    lockstep.Frame a file, of minutes that are over
//	artifacts/  unpacked trees by digest, shared     incoming/  what is being received
//	logs/<environment>/<instance>.log, .1 to .3, .times, .times.1 to .3
//	scratch/<environment>/<instance>/
//	variables/  values that are delivered as files, where no memory will do (variablefile.go)
//	jobs/<launch>/                                   agent.log  of an agent that Ensure started
//	cgroups  below which there may be cells          unit  the init system's file that keeps the agent (kept.go)
//	certificates/  of the edge, see package certificate
package agent
