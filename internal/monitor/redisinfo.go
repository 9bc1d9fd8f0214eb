package monitor

import (
	"math"
	"strconv"
	"strings"
)

// redisInfo is an answer to INFO: lines of name:value, with comments between.
type redisInfo map[string]string

func parseRedisInfo(text string) redisInfo {
	out := redisInfo{}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		if ok && name != "" && !strings.HasPrefix(name, "#") {
			out[name] = value
		}
	}
	return out
}

// number is a value that is a number and not negative.
func (i redisInfo) number(name string) (float64, bool) {
	v, err := strconv.ParseFloat(i[name], 64)
	return v, err == nil && v >= 0 && !math.IsInf(v, 0)
}

// hitRatio is how many percent of the reads since the server started found
// something; false where nothing was read.
func (i redisInfo) hitRatio() (float64, bool) {
	hits, ok := i.number("keyspace_hits")
	misses, ok2 := i.number("keyspace_misses")
	if !ok || !ok2 || hits+misses == 0 || math.IsInf(hits+misses, 0) {
		return 0, false
	}
	return math.Round(1000*hits/(hits+misses)) / 10, true
}

// version names the product: forks say their own beside that of Redis.
func (i redisInfo) version() string {
	if v := i["valkey_version"]; v != "" {
		return "Valkey " + v
	}
	if v := i["redis_version"]; v != "" {
		return "Redis " + v
	}
	return ""
}
