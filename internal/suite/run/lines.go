package main

import "bytes"

// lineWriter calls line with each whole line that is written to it, without its end.
type lineWriter struct {
	line    func([]byte)
	pending []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.pending = append(w.pending, p...)
	for {
		line, rest, found := bytes.Cut(w.pending, []byte("\n"))
		if !found {
			return len(p), nil
		}
		w.line(line)
		w.pending = rest
	}
}

// flush hands over what came after the last line's end.
func (w *lineWriter) flush() {
	if len(w.pending) > 0 {
		w.line(w.pending)
		w.pending = nil
	}
}
