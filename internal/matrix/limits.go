package matrix

import "time"

// The limits of one file. They are far above what people write and low enough
// that a hostile file costs a second, not a server.
const (
	MaxSize         = 1 << 20   // bytes of the file
	maxDepth        = 50        // levels of nesting
	maxEmptyLines   = 100       // in a row; the scanner takes quadratic time over them in block text
	maxExpansion    = 1_000_000 // values that aliases and merge keys may stand for, in all
	maxEnvironments = 10_000
	maxServices     = 200
	maxVariables    = 1_000     // of one service
	maxResolved     = 2_000_000 // variables over all environments, the project's counted in each
	maxReplicas     = 1_000
	maxValue        = 128 << 10 // bytes of one variable; Linux refuses longer ones at exec
	maxProblems     = 1_000
	maxDescription  = 2_000
)

const (
	day = 24 * time.Hour

	maxPause = 7 * day
	maxWarm  = 30 * day
	maxWait  = time.Hour // drains, holds, probes, starts and stops

	maxHookTime = 6 * time.Hour // what an agent gives a job at most
)
