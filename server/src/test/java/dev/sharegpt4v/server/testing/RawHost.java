package dev.sharegpt4v.server.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/** A host that answers what a test says, well-formed or not, and remembers what it was asked. */
public final class RawHost implements AutoCloseable {

    /** Writes an answer to a head. */
    @FunctionalInterface
    public interface Reply {
        void answer(String head, OutputStream output) throws IOException, InterruptedException;
    }

    private final ServerSocket socket;
    private final Reply reply;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    private RawHost(ServerSocket socket, Reply reply) {
        this.socket = socket;
        this.reply = reply;
        Thread.ofVirtual().name("raw-host").start(this::accept);
    }

    /** A host at an address of this machine. */
    public static RawHost at(String address, int port, Reply reply) throws IOException {
        return at(address, port, Optional.empty(), reply);
    }

    /** A host that speaks TLS where it has a context. */
    public static RawHost at(String address, int port, Optional<SSLContext> tls, Reply reply) throws IOException {
        ServerSocket socket =
                tls.isPresent() ? tls.get().getServerSocketFactory().createServerSocket() : new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
        return new RawHost(socket, reply);
    }

    /** A host of one body. */
    public static Reply saying(byte[] body) {
        return (_, output) -> output.write(response("200 OK", "", body));
    }

    /** An answer with a length. */
    public static byte[] response(String status, String headers, byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(("HTTP/1.1 " + status + "\r\nContent-Length: " + body.length + "\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    /** A redirect. */
    public static byte[] redirect(String location) {
        return response("302 Found", "Location: " + location + "\r\nSet-Cookie: a=b\r\n", new byte[0]);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                open.add(client);
                Thread.ofVirtual().name("raw-host-client").start(() -> serve(client));
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    private void serve(Socket client) {
        try (client) {
            String head = head(client.getInputStream());
            heads.add(head);
            reply.answer(head, client.getOutputStream());
            client.getOutputStream().flush();
        } catch (IOException e) {
            // The client has gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String head(InputStream input) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = input.read();
            if (next < 0) {
                throw new IOException("no head");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** Heads of all requests so far. */
    public List<String> heads() {
        return List.copyOf(heads);
    }

    /** Connections so far, whatever came of them. */
    public int connections() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket client : open) {
            client.close();
        }
    }
}
