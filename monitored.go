package lockstep

// Monitored is what there is to watch at one moment: everything, or only what
// events concern that came after one that is known.
type Monitored struct {
	Newest int64 // the number of the newest event of that moment
	// Whole says that it is everything. Otherwise Concerned are the IDs of the
	// environments that it is about, and one that is not among Environments
	// is there no more.
	Whole        bool
	Concerned    []string
	Environments []Environment
	States       []ServiceHealth // of these environments, as they were written last
	Alerts       []Alert         // of these environments
}
