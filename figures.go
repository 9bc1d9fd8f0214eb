package lockstep

import "time"

// The steps in which figures are kept, and for how long.
const (
	FigureMinute  = time.Minute
	FigureQuarter = 15 * time.Minute

	KeepMinutes  = 25 * time.Hour // a day, and the hour that has begun
	KeepQuarters = 30*24*time.Hour + FigureQuarter
)

// Figures are what happened in a stretch of time. Those of two stretches, or
// of two parts, add up with Plus: quantiles come from the sum of histograms,
// clients from the union of sketches.
type Figures struct {
	Requests  int64     `json:"requests,omitempty"` // answered by an instance
	Errors    int64     `json:"errors,omitempty"`   // 5xx from an instance, or a broken answer
	Failed    int64     `json:"failed,omitempty"`   // no instance could be reached
	BytesIn   int64     `json:"bytesIn,omitempty"`  // of bodies, through the edge
	BytesOut  int64     `json:"bytesOut,omitempty"`
	Latencies Histogram `json:"latencies,omitempty"`
	Clients   Sketch    `json:"clients,omitempty"`

	CPU         int64 `json:"cpu,omitempty"`         // milliseconds of processor time that were used
	CPUOf       int64 `json:"cpuOf,omitempty"`       // that could have been: by the limit, or else by the machine
	CPUPeak     int64 `json:"cpuPeak,omitempty"`     // thousandths of a core, in the busiest look
	Memory      int64 `json:"memory,omitempty"`      // KiB × seconds that were held
	MemoryOf    int64 `json:"memoryOf,omitempty"`    // that could have been
	MemoryPeak  int64 `json:"memoryPeak,omitempty"`  // bytes
	Looked      int64 `json:"looked,omitempty"`      // milliseconds in which the processes were looked at
	Restarts    int64 `json:"restarts,omitempty"`    // of instances that ended by themselves
	LogBytes    int64 `json:"logBytes,omitempty"`    // that were written to the logs
	Disk        int64 `json:"disk,omitempty"`        // bytes of the environment's files at the last look
	DiskOf      int64 `json:"diskOf,omitempty"`      // of the file system they are on
	DiskFree    int64 `json:"diskFree,omitempty"`    // of it, for us
	DiskAtLeast bool  `json:"diskAtLeast,omitempty"` // there are more files than were counted
}

// Plus is both together; other is the later one.
func (f Figures) Plus(other Figures) Figures {
	out := f
	out.Requests += other.Requests
	out.Errors += other.Errors
	out.Failed += other.Failed
	out.BytesIn += other.BytesIn
	out.BytesOut += other.BytesOut
	out.Latencies = f.Latencies.Plus(other.Latencies)
	out.Clients = nil
	out.Clients.Merge(f.Clients)
	out.Clients.Merge(other.Clients)
	out.CPU += other.CPU
	out.CPUOf += other.CPUOf
	out.CPUPeak = max(f.CPUPeak, other.CPUPeak)
	out.Memory += other.Memory
	out.MemoryOf += other.MemoryOf
	out.MemoryPeak = max(f.MemoryPeak, other.MemoryPeak)
	out.Looked += other.Looked
	out.Restarts += other.Restarts
	out.LogBytes += other.LogBytes
	if other.DiskOf != 0 {
		out.Disk, out.DiskOf, out.DiskFree, out.DiskAtLeast = other.Disk, other.DiskOf, other.DiskFree, other.DiskAtLeast
	}
	return out
}

// FiguresPart is whose figures they are: of a revision's service. Processes
// that no revision in the routing uses have no revision.
type FiguresPart struct {
	Revision string `json:"revision,omitempty"` // ID
	Service  string `json:"service,omitempty"`
	Figures
}

// EnvironmentFigures are an environment's, in all and by part. Clients are
// distinct in each part and in all.
type EnvironmentFigures struct {
	All   Figures       `json:"all"`
	Parts []FiguresPart `json:"parts,omitempty"`
}

// Plus is both together; other is the later one.
func (e EnvironmentFigures) Plus(other EnvironmentFigures) EnvironmentFigures {
	out := EnvironmentFigures{All: e.All.Plus(other.All), Parts: append([]FiguresPart{}, e.Parts...)}
	for _, part := range other.Parts {
		out.add(part)
	}
	return out
}

func (e *EnvironmentFigures) add(part FiguresPart) {
	for i := range e.Parts {
		if mine := &e.Parts[i]; mine.Revision == part.Revision && mine.Service == part.Service {
			mine.Figures = mine.Plus(part.Figures)
			return
		}
	}
	e.Parts = append(e.Parts, part)
}

// Frame is what an agent saw of its environments in (a part of) one minute.
// An environment that is not in it did not exist, or was not looked at.
type Frame struct {
	Seq          int64                         `json:"seq"` // grows; 0 while the minute is not over
	From         time.Time                     `json:"from"`
	Until        time.Time                     `json:"until"`
	Environments map[string]EnvironmentFigures `json:"environments"` // by ID
}

// FiguresRow is what is kept of an environment for one step of time. Covered
// is how much of the step was seen: less than all of it where no agent ran.
type FiguresRow struct {
	At      time.Time // when the step begins
	Covered time.Duration
	EnvironmentFigures
}

// Plus is both together; other is the later one.
func (r FiguresRow) Plus(other FiguresRow) FiguresRow {
	return FiguresRow{At: r.At, Covered: r.Covered + other.Covered, EnvironmentFigures: r.EnvironmentFigures.Plus(other.EnvironmentFigures)}
}

// Usage is what an agent sees of an environment at this moment.
type Usage struct {
	Open      EnvironmentFigures `json:"open"` // of the minute that is not over, since OpenFrom
	OpenFrom  time.Time          `json:"openFrom"`
	At        time.Time          `json:"at"`
	Recent    EnvironmentFigures `json:"recent"`      // of the last seconds, RecentFor of them
	RecentFor Duration           `json:"recentForMs"` //
	Latencies Histogram          `json:"latencies"`   // of the last minute
	Clients   int64              `json:"clients"`     // distinct ones in the last five minutes
	Instances []InstanceUsage    `json:"instances"`   // by ID
	Cores     int                `json:"cores"`       // of the machine
	Memory    int64              `json:"memory"`      // of the machine, bytes
	InFlight  int64              `json:"inFlight"`    // requests
	Traffic   []TrafficShare     `json:"traffic"`     // the largest first
	Keeps     Duration           `json:"keepsMs"`     // how long frames wait for a server
}

// InstanceUsage is what an instance uses now, the processes it started among it.
type InstanceUsage struct {
	ID       string `json:"id"`
	Service  string `json:"service"`
	Revision string `json:"revision,omitempty"` // ID, of what is routed
	CPU      int64  `json:"cpu"`                // thousandths of a core
	CPUOf    int64  `json:"cpuOf"`              // its limit, or the machine's
	Memory   int64  `json:"memory"`             // bytes, resident
	MemoryOf int64  `json:"memoryOf"`
	Restarts int    `json:"restarts"`
}
