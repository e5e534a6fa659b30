package dev.sharegpt4v.server.media;

import static dev.sharegpt4v.server.media.FakeNetwork.HOST;
import static dev.sharegpt4v.server.media.FakeNetwork.PRIVATE;
import static dev.sharegpt4v.server.media.FakeNetwork.PUBLIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.server.testing.Certificates;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.RawHost;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from hosts of this machine, one of whose addresses stands for the internet. */
@Timeout(60) // Only to end a hang.
final class RemoteImagesTest {

    private static final byte[] PICTURE = Pictures.png(1);
    /** A client who does not leave. */
    private static void stays(Runnable farewell) {
        assertThat(farewell).isNotNull();
    }

    private static void refused(FetchException.Kind kind, RemoteImages images, String url) {
        assertThatThrownBy(() -> images.fetch(url, RemoteImagesTest::stays))
                .as(url)
                .isInstanceOfSatisfying(
                        FetchException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
        assertThat(images.underWay()).isZero();
    }

    @Test
    void anImageComesFromTheAddressThatWasCheckedAndFromTheHostThatWasNamed() throws IOException {
        try (RawHost host = RawHost.at(PUBLIC, 0, RawHost.saying(PICTURE))) {
            FakeNetwork network = new FakeNetwork().name(HOST, PUBLIC);
            byte[] image = network.images(host.port())
                    .fetch("http://PICTURES.example.:" + host.port() + "/a//b.png?c=d%20e", RemoteImagesTest::stays);
            assertThat(image).isEqualTo(PICTURE);
            assertThat(host.heads()).hasSize(1);
            assertThat(host.heads().getFirst())
                    .startsWith("GET /a//b.png?c=d%20e HTTP/1.1\r\n")
                    .contains("Host: " + HOST + ":" + host.port() + "\r\n")
                    .contains("User-Agent: sharegpt4v\r\n")
                    .contains("Accept-Encoding: identity\r\n")
                    .doesNotContainIgnoringCase("cookie", "authorization", "referer", "gzip");
        }
    }

    @Test
    void aPathThatStartsWithTwoSlashesNamesNoOtherHost() throws IOException {
        try (RawHost host = RawHost.at(PUBLIC, 0, RawHost.saying(PICTURE))) {
            FakeNetwork network = new FakeNetwork().name(HOST, PUBLIC);
            network.images(host.port())
                    .fetch("http://" + HOST + ":" + host.port() + "//evil.example/a", RemoteImagesTest::stays);
            assertThat(host.heads().getFirst())
                    .startsWith("GET //evil.example/a HTTP/1.1\r\n")
                    .contains("Host: " + HOST + ":");
        }
    }

    @Test
    void anAddressOfIpv6IsAskedAsItIsWritten() throws IOException {
        try (RawHost host = RawHost.at("::1", 0, RawHost.saying(PICTURE))) {
            assertThat(new FakeNetwork()
                            .images(host.port())
                            .fetch("http://[::1]:" + host.port() + "/", RemoteImagesTest::stays))
                    .isEqualTo(PICTURE);
            assertThat(host.heads().getFirst()).containsPattern("Host: \\[[0:]+1]:" + host.port());
        }
    }

    @Test
    void aNameThatTurnsToThisMachineAfterTheCheckIsNotAskedAgain() throws IOException {
        try (RawHost open = RawHost.at(PUBLIC, 0, RawHost.saying(PICTURE));
                RawHost secret = RawHost.at(PRIVATE, open.port(), RawHost.saying(Pictures.png(2)))) {
            FakeNetwork network = new FakeNetwork().name(HOST, List.of(PUBLIC), List.of(PRIVATE));
            RemoteImages images = network.images(open.port());
            String url = "http://" + HOST + ":" + open.port() + "/";
            assertThat(images.fetch(url, RemoteImagesTest::stays)).isEqualTo(PICTURE);
            assertThat(network.asked()).containsExactly(HOST);
            // The second image is checked anew, and now the name leads here.
            refused(FetchException.Kind.NOT_ALLOWED, images, url);
            assertThat(network.asked()).containsExactly(HOST, HOST);
            assertThat(secret.connections()).isZero();
        }
    }

    @Test
    void aRedirectToANameThatTurnsToThisMachineIsRefused() throws IOException {
        AtomicReference<String> own = new AtomicReference<>("");
        try (RawHost open = RawHost.at(PUBLIC, 0, (_, output) -> output.write(RawHost.redirect(own.get())));
                RawHost secret = RawHost.at(PRIVATE, open.port(), RawHost.saying(PICTURE))) {
            own.set("http://" + HOST + ":" + open.port() + "/again");
            FakeNetwork network = new FakeNetwork().name(HOST, List.of(PUBLIC), List.of(PRIVATE));
            refused(FetchException.Kind.NOT_ALLOWED, network.images(open.port()), own.get());
            assertThat(network.asked()).containsExactly(HOST, HOST);
            assertThat(open.heads()).hasSize(1);
            assertThat(secret.connections()).isZero();
        }
    }

    @Test
    void oneAddressThatIsNotPublicSpoilsAll() throws IOException {
        try (RawHost open = RawHost.at(PUBLIC, 0, RawHost.saying(PICTURE))) {
            for (String other : List.of(PRIVATE, "10.0.0.1", "169.254.169.254", "fd00::1", "::ffff:10.0.0.1")) {
                FakeNetwork network = new FakeNetwork().name(HOST, List.of(PUBLIC, other), List.of(other, PUBLIC));
                RemoteImages images = network.images(open.port());
                String url = "http://" + HOST + ":" + open.port() + "/";
                refused(FetchException.Kind.NOT_ALLOWED, images, url);
                refused(FetchException.Kind.NOT_ALLOWED, images, url);
            }
            assertThat(open.connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data/",
                "http://[::ffff:169.254.169.254]/latest/",
                "http://[64:ff9b::a9fe:a9fe]/",
                "http://[fd00:ec2::254]/",
                "http://127.0.0.1/",
                "http://metadata.example/",
                "//169.254.169.254/",
            })
    void aRedirectToWhatIsNotPublicIsRefused(String location) throws IOException {
        try (RawHost open = RawHost.at(PUBLIC, 0, (_, output) -> output.write(RawHost.redirect(location)))) {
            FakeNetwork network = new FakeNetwork().name(HOST, PUBLIC).name("metadata.example", "169.254.169.254");
            RemoteImages images = network.images(open.port(), 80);
            refused(FetchException.Kind.NOT_ALLOWED, images, "http://" + HOST + ":" + open.port() + "/");
            assertThat(open.heads()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "ftp://pictures.example/",
                "data:image/png;base64,AAAA",
                "http://2852039166/",
                "http://0xa9.0xfe.0xa9.0xfe/",
                "http://0251.0376.0251.0376/",
                "http://good@169.254.169.254/",
                "http://[fe80::1%25eth0]/",
                "http:// /",
                "",
            })
    void aRedirectToWhatIsNoUrlIsRefused(String location) throws IOException {
        try (RawHost open = RawHost.at(PUBLIC, 0, (_, output) -> output.write(RawHost.redirect(location)))) {
            RemoteImages images = new FakeNetwork().name(HOST, PUBLIC).images(open.port(), 80);
            refused(FetchException.Kind.FAILED, images, "http://" + HOST + ":" + open.port() + "/");
        }
    }

    @Test
    void threeRedirectsAreFollowedAndAFourthIsNot() throws IOException {
        try (RawHost open = RawHost.at(PUBLIC, 0, (head, output) -> {
            int left = head.charAt("GET /".length()) - '0';
            output.write(left == 0 ? RawHost.response("200 OK", "", PICTURE) : RawHost.redirect("/" + (left - 1)));
        })) {
            RemoteImages images = new FakeNetwork().name(HOST, PUBLIC).images(open.port());
            String start = "http://" + HOST + ":" + open.port() + "/";
            assertThat(images.fetch(start + 3, RemoteImagesTest::stays)).isEqualTo(PICTURE);
            assertThat(open.heads())
                    .hasSize(4)
                    .noneMatch(head -> head.toLowerCase(java.util.Locale.ROOT).contains("cookie"));
            refused(FetchException.Kind.FAILED, images, start + 4);
        }
    }

    @Test
    void onlyTheHostsAndPortsOfTheListAreAsked() throws IOException {
        try (RawHost open = RawHost.at(PUBLIC, 0, RawHost.saying(PICTURE))) {
            FakeNetwork network = new FakeNetwork().name(HOST, PUBLIC).name("other.example", PUBLIC);
            String path = ":" + open.port() + "/";
            refused(FetchException.Kind.NOT_ALLOWED, network.images(80), "http://" + HOST + path);
            RemoteImages one = network.images(new FetchRules(
                    HostPatterns.of(List.of(HOST)), java.util.Set.of(open.port()), Duration.ofSeconds(20), 4, 4));
            refused(FetchException.Kind.NOT_ALLOWED, one, "http://other.example" + path);
            refused(FetchException.Kind.NOT_ALLOWED, one, "http://" + PUBLIC + path);
            assertThat(network.asked()).isEmpty();
            assertThat(one.fetch("http://" + HOST + path, RemoteImagesTest::stays))
                    .isEqualTo(PICTURE);
        }
    }

    @Test
    void moreBytesThanAllowedAreNotReadWhateverWasAnnounced() throws IOException {
        byte[] piece = new byte[50_000];
        CountDownLatch never = new CountDownLatch(1);
        List<RawHost.Reply> replies = List.of(
                (_, output) -> {
                    write(output, "HTTP/1.1 200 OK\r\nContent-Length: 100000001\r\n\r\n");
                    never.await();
                },
                (_, output) -> {
                    write(output, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    while (true) {
                        write(output, "c350\r\n");
                        output.write(piece);
                        write(output, "\r\n");
                    }
                },
                (_, output) -> {
                    write(output, "HTTP/1.1 200 OK\r\n\r\n");
                    while (true) {
                        output.write(piece);
                    }
                });
        for (RawHost.Reply reply : replies) {
            try (RawHost open = RawHost.at(PUBLIC, 0, reply)) {
                RemoteImages images = new FakeNetwork().name(HOST, PUBLIC).images(open.port());
                refused(FetchException.Kind.TOO_LARGE, images, "http://" + HOST + ":" + open.port() + "/");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: ",
                "hello",
                "",
            })
    void anAnswerWithoutAnImageIsToldSo(String answer) throws IOException {
        try (RawHost open = RawHost.at(PUBLIC, 0, (_, output) -> write(output, answer))) {
            RemoteImages images = new FakeNetwork().name(HOST, PUBLIC).images(open.port());
            refused(FetchException.Kind.FAILED, images, "http://" + HOST + ":" + open.port() + "/");
        }
    }

    @Test
    void endlessHeadersEnd() throws IOException {
        try (RawHost open = RawHost.at(PUBLIC, 0, (_, output) -> {
            write(output, "HTTP/1.1 200 OK\r\n");
            while (true) {
                write(output, "X-Again: and again\r\n");
            }
        })) {
            RemoteImages images = new FakeNetwork().name(HOST, PUBLIC).images(open.port());
            refused(FetchException.Kind.FAILED, images, "http://" + HOST + ":" + open.port() + "/");
        }
    }

    @Test
    void aNameThatNobodyKnowsAndAPortThatNobodyServesAreToldSo() throws IOException {
        int closed;
        try (RawHost open = RawHost.at(PUBLIC, 0, RawHost.saying(PICTURE))) {
            closed = open.port();
        }
        RemoteImages images = new FakeNetwork().name(HOST, PUBLIC).images(closed);
        refused(FetchException.Kind.FAILED, images, "http://unknown.example:" + closed + "/");
        refused(FetchException.Kind.FAILED, images, "http://" + HOST + ":" + closed + "/");
    }

    @Test
    void anImageThatComesByDropsIsGivenUpInTime() throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        List<RawHost.Reply> replies = List.of(
                (_, output) -> {
                    write(output, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
                    while (!never.await(20, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                        output.write(1);
                        output.flush();
                    }
                },
                (_, output) -> never.await());
        for (RawHost.Reply reply : replies) {
            try (RawHost open = RawHost.at(PUBLIC, 0, reply)) {
                RemoteImages images = new FakeNetwork()
                        .name(HOST, PUBLIC)
                        .images(FakeNetwork.rules(Duration.ofMillis(300), 4, open.port()));
                assertThatThrownBy(
                                () -> images.fetch("http://" + HOST + ":" + open.port() + "/", RemoteImagesTest::stays))
                        .isInstanceOfSatisfying(
                                FetchException.class, e -> assertThat(e.kind()).isEqualTo(FetchException.Kind.TIMEOUT));
                Eventually.holds("its place is free", () -> images.underWay() == 0);
            }
        }
    }

    @Test
    void aSlowResolverHoldsNobodyUpForLong() throws InterruptedException {
        CountDownLatch answer = new CountDownLatch(1);
        Network stuck = new Network(
                _ -> {
                    try {
                        answer.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return List.of();
                },
                new PublicAddresses(),
                Certificates.trusting("pictures"));
        RemoteImages images = new RemoteImages(FakeNetwork.rules(Duration.ofMillis(100), 4, 80), 1000, stuck);
        assertThatThrownBy(() -> images.fetch("http://" + HOST + "/", RemoteImagesTest::stays))
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.kind()).isEqualTo(FetchException.Kind.TIMEOUT));
        answer.countDown();
        Eventually.holds("its place is free", () -> images.underWay() == 0);
    }

    @Test
    void whoIsGoneHasItsDownloadEnded() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (RawHost open = RawHost.at(PUBLIC, 0, (_, _) -> {
            asked.countDown();
            never.await();
        })) {
            RemoteImages images = new FakeNetwork().name(HOST, PUBLIC).images(open.port());
            AtomicReference<Runnable> farewell = new AtomicReference<>(() -> {});
            FutureTask<FetchException.Kind> fetch = new FutureTask<>(() -> {
                try {
                    images.fetch("http://" + HOST + ":" + open.port() + "/", farewell::set);
                    throw new AssertionError("it came");
                } catch (FetchException e) {
                    return e.kind();
                }
            });
            Thread.ofVirtual().start(fetch);
            asked.await();
            farewell.get().run();
            assertThat(fetch.get()).isEqualTo(FetchException.Kind.CANCELLED);
            Eventually.holds("its place is free", () -> images.underWay() == 0);
        }
    }

    @Test
    void oneMoreThanMayBeFetchedAtOnceIsToldToComeAgain() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (RawHost open = RawHost.at(PUBLIC, 0, (_, output) -> {
            asked.countDown();
            goOn.await();
            output.write(RawHost.response("200 OK", "", PICTURE));
        })) {
            RemoteImages images = new FakeNetwork()
                    .name(HOST, PUBLIC)
                    .images(FakeNetwork.rules(Duration.ofSeconds(2), 1, open.port()));
            String url = "http://" + HOST + ":" + open.port() + "/";
            FutureTask<byte[]> first = new FutureTask<>(() -> images.fetch(url, RemoteImagesTest::stays));
            Thread.ofVirtual().start(first);
            asked.await();
            assertThatThrownBy(() -> images.fetch(url, RemoteImagesTest::stays))
                    .isInstanceOfSatisfying(
                            FetchException.class, e -> assertThat(e.kind()).isEqualTo(FetchException.Kind.BUSY));
            goOn.countDown();
            assertThat(first.get()).isEqualTo(PICTURE);
        }
    }

    @Test
    void tlsIsSpokenWithTheNameAndTheCertificateMustBeOfThatName() throws IOException {
        Optional<javax.net.ssl.SSLContext> tls = Optional.of(Certificates.serving("pictures"));
        try (RawHost open = RawHost.at(PUBLIC, 0, tls, RawHost.saying(PICTURE))) {
            FakeNetwork network = new FakeNetwork()
                    .name(HOST, PUBLIC)
                    .name("a." + HOST, PUBLIC)
                    .name("other.example", PUBLIC);
            RemoteImages images = network.images(open.port());
            String path = ":" + open.port() + "/";
            assertThat(images.fetch("https://" + HOST + path, RemoteImagesTest::stays))
                    .isEqualTo(PICTURE);
            assertThat(images.fetch("https://a." + HOST + path, RemoteImagesTest::stays))
                    .isEqualTo(PICTURE);
            refused(FetchException.Kind.FAILED, images, "https://other.example" + path);
            refused(FetchException.Kind.FAILED, images, "https://" + PUBLIC + path);
            refused(FetchException.Kind.FAILED, images, "http://" + HOST + path);
        }
        Optional<javax.net.ssl.SSLContext> stranger = Optional.of(Certificates.serving("other"));
        try (RawHost open = RawHost.at(PUBLIC, 0, stranger, RawHost.saying(PICTURE))) {
            RemoteImages images =
                    new FakeNetwork().name("other.example", PUBLIC).images(open.port());
            refused(FetchException.Kind.FAILED, images, "https://other.example:" + open.port() + "/");
        }
    }

    @Test
    void aRedirectFromHttpsToHttpIsNotFollowed() throws IOException {
        try (RawHost plain = RawHost.at(PUBLIC, 0, RawHost.saying(PICTURE));
                RawHost open = RawHost.at(
                        PUBLIC,
                        0,
                        Optional.of(Certificates.serving("pictures")),
                        (_, output) -> output.write(RawHost.redirect("http://" + HOST + ":" + plain.port() + "/")))) {
            RemoteImages images = new FakeNetwork().name(HOST, PUBLIC).images(open.port(), plain.port());
            refused(FetchException.Kind.FAILED, images, "https://" + HOST + ":" + open.port() + "/");
            assertThat(plain.connections()).isZero();
        }
    }

    private static void write(OutputStream output, String text) throws IOException {
        output.write(text.getBytes(StandardCharsets.ISO_8859_1));
        output.flush();
    }
}
