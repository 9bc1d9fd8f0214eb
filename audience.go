package lockstep

// Sticky keeps each client with the revision that it was led to.
type Sticky struct {
	Lifetime Duration `json:"lifetime,omitempty"` // of the cookie; 24 hours
}

// Testers are requests that meet a new revision before its share does: those
// with Value in the header or in the cookie.
type Testers struct {
	Header string `json:"header,omitempty"`
	Cookie string `json:"cookie,omitempty"`
	Value  string `json:"value"`
}

// TesterRoute leads testers to a revision, whatever its weight, while each of
// its routed services has a ready instance; otherwise they are like all others.
type TesterRoute struct {
	Revision string  `json:"revision"`
	Match    Testers `json:"match"`
}

// Mirror copies so many percent of the GET and HEAD requests that others
// answer to a revision as well. The copies' answers are dropped.
type Mirror struct {
	Revision string `json:"revision"`
	Percent  int    `json:"percent"`
}

// SyntheticProbes are requests of our own that both sides of a canary get
// while they are compared.
type SyntheticProbes struct {
	Paths []string `json:"paths"`
	Rate  int      `json:"rate,omitempty"` // a second, to each side; 5
}

// SampleKind names requests that are counted apart, because they are no fair
// sample of the users'.
type SampleKind string

// The kinds.
const (
	SampleTester   SampleKind = "tester"
	SampleMirrored SampleKind = "mirrored" // of a revision that copies go to: the copies; of the others: the requests that were copied
	SampleProbe    SampleKind = "probe"    // synthetic, while a canary is compared
)

// SampleKinds lists the kinds.
func SampleKinds() []SampleKind { return []SampleKind{SampleTester, SampleMirrored, SampleProbe} }

// SampleStats are the figures of one kind.
type SampleStats struct {
	Requests  int64     `json:"requests"`
	Errors    int64     `json:"errors"`
	Failed    int64     `json:"failed"`
	Dropped   int64     `json:"dropped,omitempty"` // copies that were not sent, or given up
	Latencies Histogram `json:"latencies,omitempty"`
}

// Revision is the sample as if it were all that the revision did.
func (s SampleStats) Revision() RevisionStats {
	return RevisionStats{
		Requests: s.Requests, Errors: s.Errors, Failed: s.Failed, Latency: s.Latencies.Quantiles(),
		Routes: map[string]RouteStats{"/": {Requests: s.Requests, Errors: s.Errors, Latencies: s.Latencies}},
	}
}
