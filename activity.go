package lockstep

import "time"

// EnvironmentActivity is one environment as it is at this moment: what
// `lockstep top` shows. Rates are of the last ten seconds, latencies of the
// last minute, clients of the last five. Used is nil where its host could not
// be asked; Unknown says why.
type EnvironmentActivity struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Type      EnvironmentType   `json:"type"`
	Status    EnvironmentStatus `json:"status"`
	Version   string            `json:"version,omitempty"` // that is active
	Current   bool              `json:"current,omitempty"` // the project's live address leads here
	Traffic   []TrafficShare    `json:"traffic"`
	Operation *RunningOperation `json:"operation,omitempty"`
	Now       *ActivityNow      `json:"now,omitempty"`
	Unknown   string            `json:"unknown,omitempty"`
}

// TrafficShare is what of an environment's requests goes to a version.
type TrafficShare struct {
	Version string  `json:"version"`
	Hash    string  `json:"hash"`
	Percent float64 `json:"percent"`
}

// RunningOperation is what is being done to an environment.
type RunningOperation struct {
	ID         string          `json:"id"`
	Kind       OperationKind   `json:"kind"`
	Status     OperationStatus `json:"status"`
	Step       string          `json:"step,omitempty"` // at which it is, or before which it holds
	Since      time.Time       `json:"since"`
	Pause      *RequestedPause `json:"pause,omitempty"`      // somebody wanted it held, and it is
	WaitingFor *WaitingFor     `json:"waitingFor,omitempty"` // who is in its way; of an overview
}

// ActivityNow are figures of this moment.
type ActivityNow struct {
	At        time.Time        `json:"at"`
	Requests  float64          `json:"requestsPerSecond"`
	Errors    float64          `json:"errorsPerSecond"`
	BytesOut  float64          `json:"bytesOutPerSecond"`
	InFlight  int64            `json:"inFlight"`
	Latency   Quantiles        `json:"latency"`
	Clients   int64            `json:"activeUsers"`
	CPU       float64          `json:"cpu"` // cores
	CPUOf     float64          `json:"cpuOf"`
	Memory    int64            `json:"memory"` // bytes
	MemoryOf  int64            `json:"memoryOf"`
	Restarts  int              `json:"restarts"` // of the instances that are there
	Instances []InstanceUsage  `json:"instances"`
	Services  []ServiceTraffic `json:"services"`
}

// ServiceTraffic is what reaches a service now.
type ServiceTraffic struct {
	Name     string  `json:"name"`
	Requests float64 `json:"requestsPerSecond"`
	Errors   float64 `json:"errorsPerSecond"`
}
