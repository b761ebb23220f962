package i18n_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n"
)

func TestFromIsNeverNil(t *testing.T) {
	t.Parallel()
	for name, ctx := range map[string]context.Context{
		"bare":         t.Context(),
		"nil":          i18n.With(t.Context(), nil),
		"nil resolved": i18n.WithFunc(t.Context(), func() *i18n.Localizer { return nil }),
		"nil function": i18n.WithFunc(t.Context(), nil),
	} {
		localizer := i18n.From(ctx)
		require.NotNil(t, localizer, name)
		require.Equal(t, "Menu", localizer.Text("Menu"), name)
	}
	var none *i18n.Localizer
	require.Equal(t, "Menu", none.Text("Menu"))
	require.Equal(t, "und", none.Tag().String())
}

func TestWithFuncIsResolvedAtEachCall(t *testing.T) {
	t.Parallel()
	catalog := testCatalog(t)
	locale := ""
	ctx := i18n.WithFunc(t.Context(), func() *i18n.Localizer { return catalog.For(locale) })
	require.Equal(t, "Order status", i18n.From(ctx).Text("Order status"))
	locale = "de_DE" // a handler of this turn has read the profile
	require.Equal(t, "Bestellstatus", i18n.From(ctx).Text("Order status"))
}

func TestOnePersonsLanguageNeverReachesAnother(t *testing.T) {
	t.Parallel()
	catalog := testCatalog(t)
	people := map[string]string{
		"zh_TW": "訂單狀態", "zh_CN": "订单状态", "pt_BR": "Status do pedido", "de_DE": "Bestellstatus", "fr_FR": "Order status", "": "Order status",
	}
	var group sync.WaitGroup
	for range 8 {
		for locale, want := range people {
			group.Go(func() {
				for range 500 {
					ctx := i18n.With(t.Context(), catalog.For(locale))
					if got := i18n.From(ctx).Text("Order status"); got != want {
						t.Errorf("%q reads %q", locale, got)
						return
					}
				}
			})
		}
	}
	group.Wait()
}
