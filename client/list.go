package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// List is one page of a list.
type List[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"nextCursor,omitempty"`
}

// Page asks for a part of a list.
type Page struct {
	Cursor string
	Limit  int // 0: the server's default
}

func (p Page) query() url.Values {
	q := url.Values{}
	if p.Cursor != "" {
		q.Set("cursor", p.Cursor)
	}
	if p.Limit > 0 {
		q.Set("limit", strconv.Itoa(p.Limit))
	}
	return q
}

func get[T any](ctx context.Context, c *Client, path string, query url.Values) (T, error) {
	var out T
	err := c.json(ctx, call{method: http.MethodGet, path: path, query: query}, nil, &out)
	return out, err
}

func post[T any](ctx context.Context, c *Client, path string, query url.Values, body any) (T, error) {
	var out T
	err := c.json(ctx, call{method: http.MethodPost, path: path, query: query}, body, &out)
	return out, err
}

// All yields every item of a paged list, and an error at most once, last.
func All[T any](ctx context.Context, fetch func(context.Context, Page) (List[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var page Page
		for {
			list, err := fetch(ctx, page)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, item := range list.Items {
				if !yield(item, nil) {
					return
				}
			}
			if list.NextCursor == "" {
				return
			}
			page.Cursor = list.NextCursor
		}
	}
}
