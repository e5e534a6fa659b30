package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.ParameterException;

final class NamedFolderTest {

    @TempDir
    private Path folder;

    private static List<NamedFolder> asked(String... values) {
        String[] args = Arrays.stream(values).map(value -> "--model=" + value).toArray(String[]::new);
        return SettingsTest.parse(Map.of(), args).model.asked();
    }

    private static NamedFolder named(String name, String path) {
        return new NamedFolder(Optional.of(name), Path.of(path));
    }

    @Test
    void aFolderAloneHasItsOwnName() {
        assertThat(asked()).isEmpty();
        assertThat(asked("/models/a,b")).containsExactly(new NamedFolder(Optional.empty(), Path.of("/models/a,b")));
        assertThat(asked("/models/a=b")).containsExactly(new NamedFolder(Optional.empty(), Path.of("/models/a=b")));
    }

    @Test
    void aFolderThatIsThereIsNoName() throws IOException {
        Path odd = Files.createDirectory(folder.resolve("a=b,c=d"));
        Path relative = Path.of("").toAbsolutePath().relativize(odd);
        assertThat(asked(odd.toString())).containsExactly(new NamedFolder(Optional.empty(), odd));
        assertThat(asked(relative.toString())).containsExactly(new NamedFolder(Optional.empty(), relative));
    }

    @Test
    void namesComeOneByOneOrTogether() {
        List<NamedFolder> both = List.of(named("a", "/x,1"), named("org/b:7b", "y=2"));
        assertThat(asked("a=/x,1", "org/b:7b=y=2")).isEqualTo(both);
        assertThat(asked("a=/x,1,org/b:7b=y=2")).isEqualTo(both);
        assertThat(SettingsTest.parse(Map.of("SHAREGPT4V_MODEL", "a=/x,1,org/b:7b=y=2"))
                        .model
                        .asked())
                .isEqualTo(both);
    }

    @Test
    void whatTheCommandLineNamesStandsForAllOfTheEnvironment() {
        assertThat(SettingsTest.parse(Map.of("SHAREGPT4V_MODEL", "a=/x,b=/y"), "--model", "c=/z")
                        .model
                        .asked())
                .containsExactly(named("c", "/z"));
    }

    @ParameterizedTest
    @CsvSource({
        "a=/x, a=/y, the name a twice",
        "a=/x, /y, several models need names",
        "/x, /y, several models need names",
    })
    void severalModelsHaveANameEach(String first, String second, String message) {
        assertThatThrownBy(() -> asked(first, second))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining(message);
    }
}
