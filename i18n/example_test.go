package i18n_test

import (
	"context"
	"fmt"
	"os"

	"github.com/djmessenger/messenger/i18n"
)

func ExampleLoad() {
	catalog, err := i18n.Load(os.DirFS("testdata"), "catalogs")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, locale := range []string{"zh_TW", "zh_CN", "fr_FR", ""} {
		fmt.Println(catalog.For(locale).Text("Order status"))
	}
	// Output:
	// 訂單狀態
	// 订单状态
	// Order status
	// Order status
}

func ExampleNew() {
	catalog, err := i18n.New(map[string]map[string]string{
		"en": {"選單": "Menu"},
	}, i18n.Source("zh-TW"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(catalog.For("en_US").Text("選單"), catalog.For("zh_HK").Text("選單"))
	// Output: Menu 選單
}

func ExampleFrom() {
	catalog, err := i18n.New(map[string]map[string]string{"es": {"Your order has shipped": "Tu pedido va en camino"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := i18n.With(context.Background(), catalog.For("es_LA"))
	fmt.Println(i18n.From(ctx).Text("Your order has shipped"))
	// Output: Tu pedido va en camino
}
