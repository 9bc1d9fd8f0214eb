package service

import (
	"encoding/json"
	"net/http"
)

// Problem is the body of every answer that is not a success.
type Problem struct {
	Error string `json:"error"`
	Field string `json:"field,omitempty"`
}

// Answer writes v as JSON. Answers name the version that gave them, so none
// may be served again from a cache.
func Answer(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, `{"error":"the answer could not be encoded"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The only possible error is a client that has gone; nobody is left to tell.
	_, _ = w.Write(append(body, '\n'))
}
