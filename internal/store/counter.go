package store

import "github.com/lockstep-dev/lockstep"

// A counter is a row that only grows. Whoever raises one holds its row until
// the commit, so that numbers become visible in their order.
type counter string

const (
	counterEvents counter = "events"        // of the newest event
	counterPruned counter = "events_pruned" // of the newest event that is no longer kept
	counterFence  counter = "fence"         // of the newest claim
)

// counter reads a counter, and holds it in an Update.
func (tx *Tx) counter(c counter) (int64, error) {
	n, err := queryOne(tx, scanNumber, "SELECT c.value FROM counters c WHERE c.name = $1"+tx.lockRow("c"), string(c))
	return n, within(err, "counter %s", c)
}

// raise adds to a counter and returns its new value.
func (tx *Tx) raise(c counter, by int) (int64, error) {
	n, err := queryOne(tx, scanNumber, "UPDATE counters SET value = value + $2 WHERE name = $1 RETURNING value", string(c), by)
	return n, within(err, "counter %s", c)
}

// Counts are the sizes of the tables.
func (tx *Tx) Counts() (c lockstep.Counts, err error) {
	for query, dest := range map[string]*int64{
		"SELECT count(*) FROM environments": &c.Environments,
		"SELECT count(*) FROM deployments":  &c.Deployments,
		"SELECT count(*) FROM releases":     &c.Releases,
	} {
		if *dest, err = queryOne(tx, scanNumber, query); err != nil {
			return c, within(err, "count")
		}
	}
	before, newest, err := tx.EventRange()
	c.Events = newest - before
	return c, err
}
