// What the clients and bots send, in the platform's own shapes.
"use strict";

const button = { type: "postback", title: "Buy", payload: "BUY" };
const link = { type: "web_url", title: "Open", url: "https://shop.example.com/" };

module.exports = {
  text: "Hello from a foreign client",
  question: "Which colour?",
  image: "https://shop.example.com/lamp.png",
  audio: "https://shop.example.com/lamp.mp3",
  video: "https://shop.example.com/lamp.mp4",
  file: "https://shop.example.com/lamp.pdf",
  button,
  link,
  quickReplies: [
    { content_type: "text", title: "Red", payload: "RED" },
    { content_type: "text", title: "Blue", payload: "BLUE" },
  ],
  card: { title: "Lamp", subtitle: "Warm light", image_url: "https://shop.example.com/lamp.png", buttons: [button] },
  receipt: {
    recipient_name: "Ada Byron",
    order_number: "4711",
    currency: "EUR",
    payment_method: "Invoice",
    order_url: "https://shop.example.com/orders/4711",
    timestamp: "1428444852",
    elements: [{ title: "Lamp", subtitle: "Warm light", quantity: 1, price: 12.5, currency: "EUR", image_url: "https://shop.example.com/lamp.png" }],
    address: { street_1: "1 Mill Road", city: "Cambridge", postal_code: "CB1", state: "CB", country: "GB" },
    summary: { subtotal: 12.5, total_cost: 12.5 },
  },
  persona: { name: "Eve", profile_picture_url: "https://shop.example.com/eve.png" },
  getStarted: "START",
  greeting: [{ locale: "default", text: "Welcome" }],
  menu: [{ locale: "default", composer_input_disabled: false, call_to_actions: [{ type: "postback", title: "Orders", payload: "ORDERS" }] }],
  iceBreakers: [{ question: "Where is my order?", payload: "WHERE" }],
  iceBreakersByLocale: [{ locale: "default", call_to_actions: [{ question: "Where is my order?", payload: "WHERE" }] }],
  domains: ["https://shop.example.com/"],
  accountLinkingURL: "https://shop.example.com/login",
};
