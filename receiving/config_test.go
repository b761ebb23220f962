package receiving_test

import (
	"context"
	"log/slog"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
)

func discardLogger() *slog.Logger { return slog.New(slog.DiscardHandler) }

func acceptAll(context.Context, []receiving.Envelope) error { return nil }

// TestValidate: every mistake is named at once, and no secret with it.
func TestValidate(t *testing.T) {
	t.Parallel()

	hidden := secret.New("hidden-secret")
	_, err := receiving.NewWebhook(receiving.WebhookConfig{
		Apps: []receiving.App{
			{ID: "1", Secrets: []secret.Value{hidden, secret.New("")}, Pages: []string{"10", "", "10"}},
			{ID: "1", Secrets: []secret.Value{hidden}, Pages: []string{"10"}},
			{},
		},
		BodyBudget: -1, BodyTimeout: -1, MaxBody: -1,
	})
	require.Error(t, err)
	require.Equal(t, []string{
		"Accept: is missing",
		"Apps[0].Secrets[1]: is empty",
		"Apps[0].Pages[1]: is empty",
		"Apps[0].Pages[2]: is the same as Apps[0].Pages[0]",
		"Apps[1].ID: is the same as Apps[0].ID",
		"Apps[1].Secrets[0]: is the same as Apps[0].Secrets[0]",
		"Apps[1].Pages[0]: is the same as Apps[0].Pages[0]",
		"Apps[2].Secrets: is empty",
		"Apps[2].Pages: is empty, which is possible for a single app only",
		"BodyBudget: is negative",
		"BodyTimeout: is negative",
		"MaxBody: is negative",
		"VerifyToken: is empty: nothing would be left of the verification",
	}, strings.Split(err.Error(), "\n"))

	_, err = receiving.NewWebhook(receiving.WebhookConfig{})
	require.ErrorContains(t, err, "Apps: is empty")

	require.NoError(t, receiving.WebhookConfig{
		Accept:      acceptAll,
		Apps:        []receiving.App{{Secrets: []secret.Value{hidden, secret.New("the new one")}}},
		VerifyToken: secret.New("token"),
	}.Validate())
	require.NoError(t, receiving.WebhookConfig{
		Accept: acceptAll,
		Apps: []receiving.App{
			{Secrets: []secret.Value{hidden}, Pages: []string{"10"}},
			{Secrets: []secret.Value{secret.New("b")}, Pages: []string{"11"}},
		},
		VerifyToken: secret.New("token"),
	}.Validate())
}

// TestBudgetHasRoomForTheLargestBody: a configuration under which no large callback could ever be taken is refused.
func TestBudgetHasRoomForTheLargestBody(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		budget, body int64
		fits         bool
	}{
		{0, 0, true},
		{0, 24 << 20, true},
		{0, 24<<20 + 1, false},
		{4 << 20, 0, false},
		{5461 << 10, 0, false},
		{5462 << 10, 0, true},
		{4 << 10, 4 << 10, true},
		{4 << 10, 4<<10 + 1, false},
		{64 << 10, 64 << 10, false},
		{1, 0, false},
		{math.MaxInt64, 1 << 40, true},
		{math.MaxInt64, math.MaxInt64, false},
	} {
		err := receiving.WebhookConfig{
			Accept:      acceptAll,
			Apps:        []receiving.App{{Secrets: []secret.Value{secret.New("s")}}},
			BodyBudget:  test.budget,
			MaxBody:     test.body,
			VerifyToken: secret.New("token"),
		}.Validate()
		if test.fits {
			require.NoError(t, err, "%+v", test)
			continue
		}
		require.ErrorContains(t, err, "BodyBudget: is ", "%+v", test)
		require.NotContains(t, err.Error(), "negative")
	}
}
