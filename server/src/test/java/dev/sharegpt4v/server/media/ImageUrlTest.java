package dev.sharegpt4v.server.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageUrlTest {

    @ParameterizedTest
    @CsvSource({
        "http://example.org,                    false, example.org,        80,   /",
        "HTTPS://Example.ORG/A.png,             true,  example.org,        443,  /A.png",
        "https://example.org./a,                true,  example.org,        443,  /a",
        "http://example.org:8080?a=b#c,         false, example.org,        8080, /?a=b",
        "http://example.org//evil.example/a,    false, example.org,        80,   //evil.example/a",
        "http://example.org/a{b}|c,             false, example.org,        80,   /a%7Bb%7D%7Cc",
        "http://example.org/é,                  false, example.org,        80,   /%C3%A9",
        "http://example.org/a%20b%zz,           false, example.org,        80,   /a%20b%zz",
        "http://example.org/a?u=http://b@c,     false, example.org,        80,   /a?u=http://b@c",
        "http://bücher.example/,                false, xn--bcher-kva.example, 80, /",
        "http://ＥＸＡＭＰＬＥ．org/,              false, example.org,        80,   /",
        "http://93.184.215.14/a,                false, 93.184.215.14,      80,   /a",
        "http://１２７.０.０.１/,                  false, 127.0.0.1,          80,   /",
        "http://127。0。0。1/,                    false, 127.0.0.1,          80,   /",
        "http://[::1]:81/a,                     false, 0:0:0:0:0:0:0:1,    81,   /a",
        "https://[2606:2800:21F::1]/a,          true,  2606:2800:21f:0:0:0:0:1, 443,  /a",
        "http://a_b.example/,                   false, a_b.example,        80,   /",
    })
    void aUrlIsReadInOneWay(String url, boolean secure, String host, int port, String target) {
        ImageUrl read = ImageUrl.parse(url);
        assertThat(read.secure()).isEqualTo(secure);
        assertThat(read.host().text()).isEqualTo(host);
        assertThat(read.port()).isEqualTo(port);
        assertThat(read.target()).isEqualTo(target);
    }

    @Test
    void aLiteralIsAnAddressHoweverItWasWritten() {
        for (String url :
                new String[] {"http://127.0.0.1", "http://127。0。0。1", "http://[::ffff:127.0.0.1]", "http://[::1]"}) {
            assertThat(ImageUrl.parse(url).host().address().orElseThrow().isLoopbackAddress())
                    .as(url)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http",
                "http:",
                "http:/example.org/a",
                "http:example.org/a",
                "http:///a",
                "http://",
                "http://?a",
                "ftp://example.org/a",
                "file:///etc/passwd",
                "gopher://example.org/",
                "http://user@example.org/",
                "http://user:word@example.org/",
                "http://example.org@127.0.0.1/",
                "http://example.org%40127.0.0.1/",
                "http://good\\@evil/",
                "http://good.example\\.evil.example/",
                "http:\\\\example.org\\a",
                "http://example.org/a\\b",
                "http://exa mple.org/",
                "http://example.org/a b",
                "http://example.org/\ta",
                "http://example.org/\r\nHost: evil",
                " http://example.org/",
                "http://example.org/\u0000",
                "http://example.org/\u00a0",
                "http://example.org/\u0085",
                "http://2130706433/",
                "http://127.1/",
                "http://127.0.1/",
                "http://0/",
                "http://0x7f000001/",
                "http://0x7f.0.0.1/",
                "http://0X7F.1/",
                "http://017700000001/",
                "http://0177.0.0.1/",
                "http://127.0.0.01/",
                "http://127.0.0.256/",
                "http://127.0.0.1.2/",
                "http://1.2.3.4.5/",
                "http://example.0x7f/",
                "http://example.1/",
                "http://.example.org/",
                "http://example..org/",
                "http://example.org../",
                "http://-a.example/",
                "http://a-.example/",
                "http://exa*mple.org/",
                "http://%31%32%37.0.0.1/",
                "http://example.org:/",
                "http://example.org:0/",
                "http://example.org:080/",
                "http://example.org:65536/",
                "http://example.org:99999999999/",
                "http://example.org:80a/",
                "http://example.org:+80/",
                "http://example.org:80:81/",
                "http://[::1/",
                "http://::1/",
                "http://[::1]a/",
                "http://[::1]80/",
                "http://[fe80::1%25eth0]/",
                "http://[fe80::1%eth0]/",
                "http://[v1.a]/",
                "http://[127.0.0.1]/",
                "http://[]/",
                "http://[:]/",
                "http://[1:2]/",
            })
    void whatTwoReadersMayReadInTwoWaysIsNoUrl(String url) {
        assertThatThrownBy(() -> ImageUrl.parse(url))
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.kind()).isEqualTo(FetchException.Kind.INVALID_URL));
    }

    @Test
    void aUrlOfManyThousandCharactersIsNone() {
        assertThatThrownBy(() -> ImageUrl.parse("http://example.org/" + "a".repeat(9000)))
                .isInstanceOf(FetchException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/b.png,                      https://example.org:8443/b.png",
        "b.png,                       https://example.org:8443/a/b.png",
        "../b.png,                    https://example.org:8443/b.png",
        "//other.example/b,           https://other.example:443/b",
        "https://other.example/b,     https://other.example:443/b",
        "HTTPS://[::1]/b,             https://[0:0:0:0:0:0:0:1]:443/b",
    })
    void aRedirectIsReadAsStrictly(String location, String expected) {
        ImageUrl next = ImageUrl.parse("https://example.org:8443/a/a.png").follow(location);
        assertThat("https://" + next.host().bracketed() + ":" + next.port() + next.target())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org/",
                "HTTP://example.org/",
                "file:///etc/passwd",
                "FILE:/etc/passwd",
                "gopher://a/",
                "javascript:alert(1)",
                "data:image/png;base64,AAAA",
                "//user@other.example/",
                "/\\evil.example/",
                "\\\\evil.example",
                "https:/evil.example",
                "https:evil.example",
                "https://0x7f.1/",
                "///evil.example",
                "b c",
                "%",
            })
    void aRedirectToLessIsNotFollowed(String location) {
        ImageUrl from = ImageUrl.parse("https://example.org/a.png");
        assertThatThrownBy(() -> from.follow(location))
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.kind()).isEqualTo(FetchException.Kind.FAILED));
    }
}
