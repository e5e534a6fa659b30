package dev.sharegpt4v.server.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A collector of traces: takes OTLP over HTTP as protobuf.
 *
 * <p>Source of field numbers: opentelemetry-proto, {@code trace/v1/trace.proto} and {@code common/v1/common.proto}.
 */
public final class OtlpReceiver implements AutoCloseable {

    private static final HexFormat HEX = HexFormat.of();

    private final List<Received> spans = new CopyOnWriteArrayList<>();
    private final List<String> authorization = new CopyOnWriteArrayList<>();
    private final @Nullable HttpServer server;
    private final @Nullable ServerSocket silent;

    /**
     * A span that came.
     *
     * @param parentId empty where it has none
     * @param start nanoseconds since 1970
     * @param attributes strings, longs, doubles, booleans and lists of them
     * @param failed whether its status is an error
     * @param resource what the attributes of its resource are
     */
    public record Received(
            String traceId,
            String spanId,
            String parentId,
            String name,
            long start,
            long end,
            Map<String, Object> attributes,
            boolean failed,
            Map<String, Object> resource) {}

    private OtlpReceiver(@Nullable HttpServer server, @Nullable ServerSocket silent) {
        this.server = server;
        this.silent = silent;
    }

    /** One that answers. */
    public OtlpReceiver() throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), null);
        HttpServer started = java.util.Objects.requireNonNull(server);
        started.createContext("/v1/traces", this::take);
        started.start();
    }

    /** One that never answers. */
    public static OtlpReceiver silent() throws IOException {
        return new OtlpReceiver(null, new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    /** Without the path. */
    public URI base() {
        int port = server != null
                ? server.getAddress().getPort()
                : java.util.Objects.requireNonNull(silent).getLocalPort();
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Where spans are taken. */
    public URI url() {
        return base().resolve("/v1/traces");
    }

    /** All spans so far. */
    public List<Received> spans() {
        return List.copyOf(spans);
    }

    /** What callers were let in by, once for each of their requests. */
    public List<String> authorization() {
        return List.copyOf(authorization);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
                try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(body))) {
                    body = plain.readAllBytes();
                }
            }
            authorization.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
            for (ProtoMessage perResource : new ProtoMessage(body).messages(1)) {
                Map<String, Object> resource =
                        attributes(perResource.messages(1).getFirst().messages(1));
                for (ProtoMessage perScope : perResource.messages(2)) {
                    perScope.messages(2).forEach(span -> spans.add(span(span, resource)));
                }
            }
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static Received span(ProtoMessage span, Map<String, Object> resource) {
        boolean failed = span.messages(15).stream().anyMatch(status -> status.number(3) == 2);
        return new Received(
                HEX.formatHex(span.bytes(1)),
                HEX.formatHex(span.bytes(2)),
                HEX.formatHex(span.bytes(4)),
                text(span.bytes(5)),
                span.number(7),
                span.number(8),
                attributes(span.messages(9)),
                failed,
                resource);
    }

    private static Map<String, Object> attributes(List<ProtoMessage> pairs) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        pairs.forEach(pair ->
                attributes.put(text(pair.bytes(1)), value(pair.messages(2).getFirst())));
        return attributes;
    }

    private static Object value(ProtoMessage value) {
        if (value.has(1)) {
            return text(value.bytes(1));
        }
        if (value.has(2)) {
            return value.number(2) != 0;
        }
        if (value.has(4)) {
            return Double.longBitsToDouble(value.number(4));
        }
        if (value.has(5)) {
            return value.messages(5).getFirst().messages(1).stream()
                    .map(OtlpReceiver::value)
                    .toList();
        }
        return value.number(3);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.stop(0);
        }
        if (silent != null) {
            silent.close();
        }
    }
}
