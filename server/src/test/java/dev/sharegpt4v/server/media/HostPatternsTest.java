package dev.sharegpt4v.server.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostPatternsTest {

    @ParameterizedTest
    @CsvSource({
        "example.org,      example.org,          true",
        "Example.ORG.,     example.org,          true",
        "example.org,      EXAMPLE.org.,         true",
        "example.org,      a.example.org,        false",
        "example.org,      example.org.evil.com, false",
        "example.org,      notexample.org,       false",
        "*.example.org,    a.example.org,        true",
        "*.example.org,    a.b.example.org,      true",
        "*.example.org,    example.org,          false",
        "*.example.org,    evilexample.org,      false",
        "bücher.example,   xn--bcher-kva.example, true",
        "xn--bcher-kva.example, BÜCHER.example,  true",
        "93.184.215.14,    93.184.215.14,        true",
        "*.14,             93.184.215.14,        false",
        "'[2606::1]',      '[2606::1]',          true",
        "*,                any.example,          true",
        "*,                93.184.215.14,        true",
    })
    void aPatternAllowsWhatItSays(String pattern, String host, boolean allowed) {
        if (pattern.equals("*.14")) {
            assertThatIllegalArgumentException().isThrownBy(() -> HostPatterns.of(List.of(pattern)));
            return;
        }
        assertThat(HostPatterns.of(List.of("other.example", pattern)).allow(HostName.parse(host)))
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "http://example.org", "example.org:80", "exa*mple.org", "*example.org", "**", "a/b", "0x7f.1"
            })
    void whatIsNoHostIsToldAtOnce(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostPatterns.of(List.of(pattern)))
                .withMessageContaining("'" + pattern + "'");
    }
}
