package agent

// ownership says whose a listening port is.
type ownership int

const (
	nobodyListens ownership = iota
	oursListens             // every socket that listens there is of the family
	strangerListens
)
