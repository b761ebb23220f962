package messengertest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/simulator"
)

func TestBuiltInPolicyEndToEnd(t *testing.T) {
	t.Parallel()
	chat := messengertest.Start(t, messenger.Config{})
	ada := chat.Person("Ada", "en_US")
	ada.Says("hi")
	ada.Sees("Hi, Ada!")
	ada.Says("你好")
	ada.Sees("您也好")
	ada.SendsThumb()
	ada.Sees("Thanks for the thumb!")
	image := ada.Next()
	require.Equal(t, "image", image.Attachments[0].Type)
	ada.SendsThumb()
	ada.Sees("Thanks for the thumb!")
	require.Equal(t, image.Attachments[0].AttachmentID, ada.Next().Attachments[0].AttachmentID, "uploaded once")
	_ = simulator.ThumbSmall
}
