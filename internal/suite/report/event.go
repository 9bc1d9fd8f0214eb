package report

// event is one line of `go test -json`, documented by `go doc test2json` and `go help buildjson`.
type event struct {
	Action  string
	Package string
	Test    string // empty: the event is the package's
	Output  string
	Elapsed float64 // seconds
}

// framing begins the lines with which the testing package says what runs, which is noise in a report.
const framing = "=== "
