package dev.sharegpt4v.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyFileTest {

    private static List<ApiKey> parse(String text) {
        return KeyFile.parse(text, "keys.txt");
    }

    @Test
    void aLineIsAKeyWithWhatMayStandBesideIt() {
        String hash = HexFormat.of().formatHex(ApiKey.sha256("sk-hashed-1"));
        List<ApiKey> keys = parse("""
                # who may ask
                sk-alone-1

                alice  sk-alice-1 \t rate=60 concurrency=4
                bob sha256:%s concurrency=2
                """.formatted(hash.toUpperCase(java.util.Locale.ROOT)));
        assertThat(keys)
                .containsExactly(
                        ApiKey.of("key-2", "sk-alone-1"),
                        new ApiKey("alice", ApiKey.of("", "sk-alice-1").hash(), OptionalInt.of(60), OptionalInt.of(4)),
                        new ApiKey("bob", hash, OptionalInt.empty(), OptionalInt.of(2)));
    }

    @Test
    void aKeyMayBeAnAdmins() {
        assertThat(parse("ops sk-admin-1 admin rate=5\nbob sk-bobby-1\nadmin sk-named-1"))
                .extracting(ApiKey::admin)
                .containsExactly(true, false, false);
    }

    @Test
    void linesMayEndAsOnWindows() {
        assertThat(parse("a sk-alice-1\r\nb sk-bobby-1\r\n")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# only words\n",
                "short",
                "alice short",
                "alice sk-alice-1 rate=0",
                "alice sk-alice-1 rate=-1",
                "alice sk-alice-1 rate=many",
                "alice sk-alice-1 rate=99999999999",
                "alice sk-alice-1 colour=red",
                "alice sk-alice-1 more",
                "alice sk-alice-1 admin=true",
                "al/ice sk-alice-1",
                "alice sha256:12ab",
                "sk-alice-1\nbob sk-alice-1",
                "bob sk-alice-1\nbob sk-bobby-1",
            })
    void whatIsNoKeyIsToldByItsLineAndWithoutTheKey(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(text))
                .withMessageContaining("keys.txt")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("sk-alice", "short"));
    }

    @Test
    void aFileThatIsNotThereIsToldByItsName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyFile.read(Path.of("/nowhere/keys.txt")))
                .withMessageContaining("/nowhere/keys.txt");
    }
}
