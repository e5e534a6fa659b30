package dev.sharegpt4v.server.media;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * One image from the network. Each hop is checked anew: its URL, its host, all addresses that its name has at that moment;
 * and its connection goes to the addresses that were checked, since the client asks no other resolver.
 */
final class Download {

    private static final int MOST_REDIRECTS = 3;
    private static final int LONGEST_LINE = 8 << 10;
    private static final int MOST_HEADERS = 100;
    private static final int PIECE = 16 << 10;
    private static final String AGENT = "sharegpt4v";

    private final FetchRules rules;
    private final Network network;
    private final DownloadSlots slots;
    private final long mostBytes;
    private final long deadline;
    private @Nullable HttpGet current;
    private boolean aborted;

    /** A download that has to end by a time on {@link System#nanoTime()}'s clock. */
    Download(FetchRules rules, Network network, DownloadSlots slots, long mostBytes, long deadline) {
        this.rules = rules;
        this.network = network;
        this.slots = slots;
        this.mostBytes = mostBytes;
        this.deadline = deadline;
    }

    /** A body, or where it is instead. */
    private sealed interface Found {
        record Body(byte[] bytes) implements Found {}

        record Elsewhere(ImageUrl url) implements Found {}
    }

    /**
     * The bytes of an image.
     *
     * @throws FetchException when there are none
     */
    byte[] run(ImageUrl start) throws InterruptedException {
        ImageUrl url = start;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            requireAllowed(url);
            switch (hop(url)) {
                case Found.Body(byte[] bytes) -> {
                    return bytes;
                }
                case Found.Elsewhere(ImageUrl next) -> url = next;
            }
        }
        throw FetchException.failed("the image's host redirects more than " + MOST_REDIRECTS + " times");
    }

    private void requireAllowed(ImageUrl url) {
        if (!rules.hosts().allow(url.host())) {
            throw notAllowed(
                    "images are not fetched from the host '" + url.host().text() + "'");
        }
        if (!rules.ports().contains(url.port())) {
            throw notAllowed("images are not fetched from port " + url.port());
        }
    }

    private static FetchException notAllowed(String why) {
        return new FetchException(FetchException.Kind.NOT_ALLOWED, why);
    }

    private Found hop(ImageUrl url) throws InterruptedException {
        String host = url.host().text();
        // The other half of the time is for the download.
        long now = System.nanoTime();
        slots.acquire(host, now + (deadline - now) / 2);
        try {
            List<InetAddress> addresses = checkedAddresses(url.host());
            try (CloseableHttpClient client = client(host, addresses)) {
                return ask(client, url);
            }
        } catch (IOException | IllegalStateException e) {
            throw failure(e);
        } finally {
            slots.release(host);
        }
    }

    /** What the network says is for nobody's eyes: it may be about hosts that only this machine sees. */
    private FetchException failure(Exception cause) {
        if (isAborted()) {
            return new FetchException(FetchException.Kind.CANCELLED, "the download was ended", cause);
        }
        if (cause instanceof InterruptedIOException) {
            return new FetchException(FetchException.Kind.TIMEOUT, "the image did not come in time", cause);
        }
        return new FetchException(FetchException.Kind.FAILED, "the image's host gave no image", cause);
    }

    private List<InetAddress> checkedAddresses(HostName host) {
        List<InetAddress> addresses;
        try {
            addresses = host.address().map(List::of).orElse(List.of());
            if (addresses.isEmpty()) {
                addresses = List.copyOf(network.resolver().resolve(host.text()));
            }
        } catch (UnknownHostException e) {
            throw FetchException.failed("the image's host is not known");
        }
        if (addresses.isEmpty()) {
            throw FetchException.failed("the image's host is not known");
        }
        if (!addresses.stream().allMatch(network.policy()::allows)) {
            throw notAllowed("the host '" + host.text() + "' has an address that is not public");
        }
        return addresses;
    }

    private CloseableHttpClient client(String host, List<InetAddress> addresses) {
        Timeout left = timeLeft();
        HttpClientConnectionManager connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(new Pinned(host, addresses))
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(network.trust()))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(left)
                        .setSocketTimeout(left)
                        .build())
                .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(left).build())
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom()
                                .setMaxLineLength(LONGEST_LINE)
                                .setMaxHeaderCount(MOST_HEADERS)
                                .build())
                        .build())
                .build();
        return HttpClients.custom()
                .setConnectionManager(connections)
                // No proxy, whatever the environment says: it would resolve names again.
                .setRoutePlanner(new DefaultRoutePlanner(null))
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setAuthenticationEnabled(false)
                        .setProtocolUpgradeEnabled(false)
                        .setConnectionRequestTimeout(left)
                        .setResponseTimeout(left)
                        .build())
                .setUserAgent(AGENT)
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableAutomaticRetries()
                .disableContentCompression()
                .build();
    }

    private Timeout timeLeft() {
        return Timeout.ofMilliseconds(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
    }

    private Found ask(CloseableHttpClient client, ImageUrl url) throws IOException {
        HttpGet get = new HttpGet("/");
        // As it is: a URI of the library would take a path that starts with two slashes for a host.
        get.setPath(url.target());
        get.setHeader(HttpHeaders.ACCEPT, "image/*");
        get.setHeader(HttpHeaders.ACCEPT_ENCODING, "identity");
        get.setHeader(HttpHeaders.CONNECTION, "close");
        if (!begin(get)) {
            throw new IOException("aborted");
        }
        HttpHost host = new HttpHost(url.secure() ? "https" : "http", url.host().text(), url.port());
        try {
            return read(url, client.executeOpen(host, get, null));
        } finally {
            // Closing the answer instead would read what is left of it.
            get.cancel();
        }
    }

    private Found read(ImageUrl url, ClassicHttpResponse response) throws IOException {
        int status = response.getCode();
        if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) {
            Header location = response.getFirstHeader(HttpHeaders.LOCATION);
            if (location == null) {
                throw FetchException.failed("the image's host redirects to nowhere");
            }
            return new Found.Elsewhere(url.follow(location.getValue()));
        }
        if (status != 200) {
            throw FetchException.failed("the image's host answers " + status);
        }
        Header encoding = response.getFirstHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.getValue().equalsIgnoreCase("identity")) {
            throw FetchException.failed("the image's host answers in an encoding that was not asked for");
        }
        HttpEntity body = response.getEntity();
        if (body == null) {
            throw FetchException.failed("the image's host answers without an image");
        }
        if (body.getContentLength() > mostBytes) {
            throw FetchException.tooLarge(mostBytes);
        }
        byte[] bytes = read(body.getContent());
        if (bytes.length == 0) {
            throw FetchException.failed("the image's host answers without an image");
        }
        return new Found.Body(bytes);
    }

    /** Counts what comes, whatever was announced. */
    private byte[] read(InputStream input) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream(PIECE);
        byte[] piece = new byte[PIECE];
        for (int count = input.read(piece); count >= 0; count = input.read(piece)) {
            if (body.size() + (long) count > mostBytes) {
                throw FetchException.tooLarge(mostBytes);
            }
            body.write(piece, 0, count);
        }
        return body.toByteArray();
    }

    private synchronized boolean begin(HttpGet get) {
        current = get;
        return !aborted;
    }

    private synchronized boolean isAborted() {
        return aborted;
    }

    /** Ends it at once; the connection is closed. */
    void abort() {
        HttpGet under;
        synchronized (this) {
            aborted = true;
            under = current;
        }
        if (under != null) {
            under.cancel();
        }
    }

    /** The one name that was checked, with the addresses that it had. */
    private record Pinned(String host, List<InetAddress> addresses) implements DnsResolver {

        @Override
        public InetAddress[] resolve(String asked) throws UnknownHostException {
            if (!asked.equals(host)) {
                throw new UnknownHostException("only one name was checked");
            }
            return addresses.toArray(InetAddress[]::new);
        }

        @Override
        public String resolveCanonicalHostname(String asked) {
            return asked;
        }
    }
}
