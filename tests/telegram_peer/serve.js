// Starts the Bot API peer on a free loopback port and prints its address. Nothing of ours happens here.
const net = require('net');
const { TelegramServer } = require('telegram-test-api/lib/telegramServer');

const probe = net.createServer();
probe.listen(0, '127.0.0.1', () => {
  const { port } = probe.address();
  probe.close(async () => {
    await new TelegramServer({ host: '127.0.0.1', port, storeTimeout: 3600 }).start();
    console.log(`http://127.0.0.1:${port}`);
  });
});
