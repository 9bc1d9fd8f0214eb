package client

import "context"

// FlagEvaluation is which variant of a feature flag somebody gets. Its terms
// are OpenFeature's; the error code is empty where there is none.
type FlagEvaluation struct {
	Key          string `json:"key"`
	Reason       string `json:"reason,omitempty"`
	Variant      string `json:"variant,omitempty"` // "": the app uses its own default
	Value        any    `json:"value,omitempty"`
	ErrorCode    string `json:"errorCode,omitempty"`
	ErrorDetails string `json:"errorDetails,omitempty"`
}

// Flags evaluates the feature flags of an environment for a context: what is
// known of whoever asks, with targetingKey for who they are.
func (c *Client) Flags(ctx context.Context, environment string, about map[string]any) ([]FlagEvaluation, error) {
	out, err := post[struct {
		Flags []FlagEvaluation `json:"flags"`
	}](ctx, c, environments+"/"+seg(environment)+"/ofrep/v1/evaluate/flags", nil, map[string]any{"context": about})
	return out.Flags, err
}
