package dev.sharegpt4v.server.bench.chaos;

import java.util.List;
import java.util.SplittableRandom;

/** URLs that lead, or seem to lead, where no server should go. */
final class OddUrls {

    private static final List<String> SCHEMES = List.of(
            "http://",
            "https://",
            "HTTP://",
            "http:",
            "http:/",
            "http:///",
            "//",
            "http:\\\\",
            "file://",
            "file:///",
            "ftp://",
            "gopher://",
            "jar:http://",
            "data:",
            "data:image/png;base64,",
            "javascript:",
            "",
            " http://",
            "http\u0000://");

    private static final List<String> USERS =
            List.of("", "", "", "", "a@", "a:b@", "good.example@", "good.example\\@", "%00@", "@", "a%40");

    private static final List<String> HOSTS = List.of(
            "127.0.0.1",
            "localhost",
            "LOCALHOST.",
            "0",
            "0.0.0.0",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "017700000001",
            "0177.0.0.1",
            "169.254.169.254",
            "2852039166",
            "metadata.google.internal",
            "10.0.0.1",
            "192.168.0.1",
            "172.16.0.1",
            "100.64.0.1",
            "168.63.129.16",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fe80::1%25lo]",
            "[fd00:ec2::254]",
            "127。0。0。1",
            "①②⑦.⓪.⓪.①",
            "ⓛocalhost",
            "a..b",
            ".a",
            "-a.b",
            "xn--",
            "a".repeat(300),
            "example.invalid",
            "exa\tmple.invalid",
            "exa mple.invalid",
            "%6c%6f%63alhost",
            "",
            "[",
            "]",
            "[::1",
            "256.256.256.256");

    private static final List<String> PORTS =
            List.of("", "", "", ":80", ":443", ":22", ":0", ":-1", ":65536", ":99999999999", ":", ":a", ":80:80");

    private static final List<String> PATHS = List.of(
            "",
            "/",
            "/a.png",
            "/latest/meta-data/",
            "?a=b",
            "#a",
            "//evil.example/",
            "/../../etc/passwd",
            "/\r\nHost: evil",
            "/%0d%0aHost:%20evil",
            "\\evil.example",
            "/é",
            "/" + "a".repeat(5000));

    private OddUrls() {}

    static String draw(SplittableRandom random) {
        String url = pick(SCHEMES, random)
                + pick(USERS, random)
                + pick(HOSTS, random)
                + pick(PORTS, random)
                + pick(PATHS, random);
        if (random.nextInt(4) > 0 || url.isEmpty()) {
            return url;
        }
        int at = random.nextInt(url.length());
        return url.substring(0, at) + (char) random.nextInt(0x20, 0x2ff) + url.substring(at);
    }

    private static String pick(List<String> from, SplittableRandom random) {
        return from.get(random.nextInt(from.size()));
    }
}
