module.exports = {
  channels: {
    messenger: {
      enabled: true,
      path: "/webhook",
      pageId: process.env.MESSENGER_PAGE_ID,
      appId: "1000000000000001",
      appSecret: process.env.MESSENGER_APP_SECRET,
      accessToken: process.env.MESSENGER_PAGE_TOKEN,
      verifyToken: process.env.MESSENGER_VERIFY_TOKEN,
      fields: [],
    },
  },
};
