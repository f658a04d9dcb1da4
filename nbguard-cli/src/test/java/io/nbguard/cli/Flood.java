package io.nbguard.cli;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Many hostile connections, on one thread of their own: each sends what it has to say, at once or a byte
 * at a time, reads answers or does not, and is opened anew when the server has closed it.
 */
final class Flood implements Closeable {

    private static final Duration BETWEEN_BYTES = Duration.ofMillis(500);

    private final int port;
    private final Hostile kind;
    private final Selector selector;
    private final Thread thread;
    private volatile boolean over;

    /**
     * What one connection does.
     *
     * @param begin what it sends at once
     * @param trickle what it sends again and again, one byte at a time; empty for nothing
     * @param closesHalf whether it then says that nothing more will come
     * @param reads whether it reads what it is answered
     */
    record Hostile(byte[] begin, String trickle, boolean closesHalf, boolean reads) {

        static Hostile slow(String begin) {
            return new Hostile(begin.getBytes(StandardCharsets.UTF_8), "x", false, true);
        }

        static Hostile whole(byte[] begin) {
            return new Hostile(begin, "", false, true);
        }

        static Hostile deaf(String begin) {
            return new Hostile(begin.getBytes(StandardCharsets.UTF_8), "", false, false);
        }

        static Hostile halfClosed(String begin) {
            return new Hostile(begin.getBytes(StandardCharsets.UTF_8), "", true, false);
        }
    }

    private static final class State {
        private final Hostile hostile;
        private final ByteBuffer left;
        private boolean closedHalf;

        State(Hostile hostile) {
            this.hostile = hostile;
            left = ByteBuffer.wrap(hostile.begin());
        }
    }

    private Flood(int port, Hostile kind) throws IOException {
        this.port = port;
        this.kind = kind;
        selector = Selector.open();
        thread = new Thread(this::run, "flood");
        thread.setDaemon(true);
    }

    /** Begins with so many connections. */
    static Flood of(int port, int connections, Hostile kind) throws IOException {
        Flood flood = new Flood(port, kind);
        for (int i = 0; i < connections; i++) {
            flood.open();
        }
        flood.thread.start();
        return flood;
    }

    static byte[] withBody(String head, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes((head + "Content-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        all.writeBytes(bytes);
        return all.toByteArray();
    }

    private void open() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(new InetSocketAddress("127.0.0.1", port));
        channel.register(selector, SelectionKey.OP_CONNECT, new State(kind));
    }

    private void run() {
        long next = System.nanoTime();
        ByteBuffer waste = ByteBuffer.allocate(1 << 16);
        while (!over) {
            try {
                selector.select(BETWEEN_BYTES.toMillis());
                boolean trickles = System.nanoTime() - next >= 0;
                next = trickles ? System.nanoTime() + BETWEEN_BYTES.toNanos() : next;
                for (SelectionKey key : new ArrayList<>(selector.keys())) {
                    if (key.isValid()) {
                        step(key, trickles, waste);
                    }
                }
                selector.selectedKeys().clear();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void step(SelectionKey key, boolean trickles, ByteBuffer waste) throws IOException {
        State state = (State) key.attachment();
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (key.isConnectable() && channel.finishConnect()) {
                key.interestOps(SelectionKey.OP_WRITE);
            }
            if (!channel.isConnected()) {
                return;
            }
            if (state.left.hasRemaining()) {
                channel.write(state.left);
            } else if (state.hostile.closesHalf() && !state.closedHalf) {
                channel.shutdownOutput();
                state.closedHalf = true;
            } else if (trickles && !state.hostile.trickle().isEmpty()) {
                channel.write(ByteBuffer.wrap(state.hostile.trickle().getBytes(StandardCharsets.UTF_8)));
            }
            if (!state.left.hasRemaining()) {
                key.interestOps(state.hostile.reads() ? SelectionKey.OP_READ : 0);
            }
            if (state.hostile.reads() && key.isValid() && key.isReadable() && channel.read(waste.clear()) < 0) {
                again(channel);
            }
        } catch (IOException closed) {
            again(channel);
        }
    }

    private void again(SocketChannel channel) throws IOException {
        channel.close();
        open();
    }

    @Override
    public void close() throws IOException {
        over = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SelectionKey key : List.copyOf(selector.keys())) {
            key.channel().close();
        }
        selector.close();
    }
}
