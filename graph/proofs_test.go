package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// A proof belongs to one secret and one token: a new token, and another app's secret, have their own.
func TestProofsAreOfTheirSecretAndToken(t *testing.T) {
	t.Parallel()
	proofs := graph.NewProofs()
	of := func(key, token string) string { return proofs(secret.New(key), secret.New(token)).Reveal() }
	require.Equal(t, proof, of(appSecret, token))
	for _, other := range [][2]string{{appSecret, token + "2"}, {appSecret + "2", token}, {appSecret + token[:1], token[1:]}} {
		fresh := graph.NewProofs()(secret.New(other[0]), secret.New(other[1])).Reveal()
		require.NotEqual(t, proof, fresh)
		require.Equal(t, fresh, of(other[0], other[1]))
	}
	require.Equal(t, proof, of(appSecret, token))
}
