package dev.sharegpt4v.server.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.server.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60) // Only to end a hang.
final class ImageFolderTest {

    private static final byte[] PICTURE = Pictures.png(1);

    @TempDir
    private Path all;

    private Path root;
    private ImageFolder folder;

    @BeforeEach
    void fill() throws IOException {
        root = Files.createDirectory(all.resolve("images"));
        Files.createDirectory(root.resolve("below"));
        Files.write(root.resolve("a.png"), PICTURE);
        Files.write(root.resolve("below/ä b#.png"), PICTURE);
        Files.write(all.resolve("secret.png"), PICTURE);
        Files.createDirectories(all.resolve("images-other"));
        Files.write(all.resolve("images-other/a.png"), PICTURE);
        folder = new ImageFolder(root, 10_000);
    }

    private void refused(FetchException.Kind kind, String url) {
        assertThatThrownBy(() -> folder.read(url)).as(url).isInstanceOfSatisfying(FetchException.class, e -> {
            assertThat(e.kind()).as(url).isEqualTo(kind);
            assertThat(e.getMessage()).doesNotContain(all.toString());
        });
    }

    @Test
    void aFileOfTheFolderIsRead() {
        assertThat(folder.read("file://" + root + "/a.png")).isEqualTo(PICTURE);
        assertThat(folder.read("FILE://" + root + "/below/../a.png")).isEqualTo(PICTURE);
        assertThat(folder.read("file://" + root + "/below/%C3%A4%20b%23.png")).isEqualTo(PICTURE);
    }

    @Test
    void whatIsOutsideIsNotThereWhateverLeadsToIt() throws IOException {
        Files.createSymbolicLink(root.resolve("link.png"), all.resolve("secret.png"));
        Files.createSymbolicLink(root.resolve("up"), all);
        for (String path : new String[] {
            "/../secret.png",
            "/%2e%2e/secret.png",
            "/..%2fsecret.png",
            "/below/../../secret.png",
            "/link.png",
            "/up/secret.png",
            "/up/images-other/a.png",
            "-other/a.png",
            "/missing.png",
            "/below",
            "",
            "/",
        }) {
            refused(FetchException.Kind.NOT_FOUND, "file://" + root + path);
        }
        refused(FetchException.Kind.NOT_FOUND, "file:///etc/passwd");
        refused(FetchException.Kind.NOT_FOUND, "file:///");
        refused(FetchException.Kind.NOT_FOUND, "file:///dev/zero");
    }

    @Test
    void aLinkThatStaysInsideIsFollowed() throws IOException {
        Files.createSymbolicLink(root.resolve("inner.png"), root.resolve("a.png"));
        assertThat(folder.read("file://" + root + "/inner.png")).isEqualTo(PICTURE);
    }

    @Test
    void aPipeIsNoImage() throws Exception {
        Path pipe = root.resolve("pipe.png");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        refused(FetchException.Kind.NOT_FOUND, "file://" + pipe);
    }

    @Test
    void aFileOfTooManyBytesIsTooLarge() throws IOException {
        Files.write(root.resolve("large.png"), new byte[10_001]);
        refused(FetchException.Kind.TOO_LARGE, "file://" + root + "/large.png");
    }

    @Test
    void whatIsNoUrlOfAFileIsRefused() {
        for (String url : new String[] {
            "file:" + root + "/a.png",
            "file:/a.png",
            "file://host" + root + "/a.png",
            "file://" + root + "/a.png?b",
            "file://" + root + "/a.png#b",
            "file://" + root + "/a%00.png",
            "file://" + root + "/a%0a.png",
            "file://" + root + "/a%zz.png",
            "file://" + root + "/a%2",
            "file://" + root + "/%ff.png",
            "file://" + root + "\\a.png",
        }) {
            refused(FetchException.Kind.INVALID_URL, url);
        }
    }

    @Test
    void aFolderThatIsNoneIsToldAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageFolder(all.resolve("none"), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageFolder(all.resolve("secret.png"), 1));
    }
}
