package dev.sharegpt4v.server.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.server.openai.ApiException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileStoreTest {

    private static final DataLimits LIMITS = new DataLimits(1000, 3, 1000, 10, 10);

    @TempDir
    private static Path folder;

    private final SetClock clock = new SetClock();
    private Path place = folder;

    @BeforeEach
    void inAFolderOfItsOwn() throws IOException {
        place = Files.createTempDirectory(folder, "data");
    }

    private DataFolder open() {
        return DataFolder.open(place, LIMITS, clock);
    }

    private static FileRecord add(FileStore files, String content) throws IOException {
        return add(files, content, OptionalLong.empty());
    }

    private static FileRecord add(FileStore files, String content, OptionalLong expires) throws IOException {
        try (FileStore.Arrival arrival = files.arrive(Owner.NOBODY)) {
            arrival.receive(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
            return arrival.keep("a.jsonl", "batch", expires);
        }
    }

    private static String content(FileStore files, FileRecord file) throws IOException {
        try (InputStream input = Channels.newInputStream(files.content(file))) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private List<Path> onDisk() throws IOException {
        try (Stream<Path> all = Files.walk(place)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void filesAreThereAfterItIsOpenedAgainInTheirOrder() throws IOException {
        FileRecord one;
        FileRecord two;
        try (DataFolder data = open()) {
            one = add(data.files(), "one", OptionalLong.of(3600));
            two = add(data.files(), "twotwo");
        }
        try (DataFolder data = open()) {
            assertThat(data.files().list(Owner.NOBODY)).containsExactly(one, two);
            assertThat(content(data.files(), one)).isEqualTo("one");
            assertThat(data.files().bytes()).isEqualTo(9);
            FileRecord three = add(data.files(), "three");
            assertThat(data.files().list(Owner.NOBODY)).containsExactly(one, two, three);
        }
    }

    @Test
    void whatDidNotArriveWholeIsGone() throws IOException {
        try (DataFolder data = open()) {
            FileStore.Arrival lost = data.files().arrive(Owner.NOBODY);
            lost.receive(new ByteArrayInputStream(new byte[100]));
            // The server is killed here, or between the content and its description.
            Files.write(place.resolve("files/file-00000000000000000000000000000000.data"), new byte[10]);
            Files.write(place.resolve("files/.file-1.json.partial"), new byte[10]);
        }
        try (DataFolder data = open()) {
            assertThat(data.files().list(Owner.NOBODY)).isEmpty();
            assertThat(onDisk()).allMatch(file -> file.endsWith(".lock"));
        }
    }

    @Test
    void anUploadThatIsNotKeptLeavesNothing() throws IOException {
        try (DataFolder data = open()) {
            try (FileStore.Arrival arrival = data.files().arrive(Owner.NOBODY)) {
                arrival.receive(new ByteArrayInputStream(new byte[900]));
            }
            assertThat(add(data.files(), "x".repeat(900)).bytes()).isEqualTo(900);
        }
    }

    @Test
    void moreThanTheLimitIsRefusedUntilSomethingIsDeleted() throws IOException {
        try (DataFolder data = open()) {
            FileRecord large = add(data.files(), "x".repeat(600));
            refused(() -> add(data.files(), "x".repeat(401)), 507, "storage_full");
            data.files().delete(large.id(), Owner.NOBODY);
            add(data.files(), "x".repeat(401));
            add(data.files(), "");
            add(data.files(), "");
            refused(() -> add(data.files(), ""), 507, "storage_full");
        }
    }

    @Test
    void aFileIsGoneWhenItIsDeletedOrItsTimeIsOver() throws IOException {
        try (DataFolder data = open()) {
            FileRecord deleted = add(data.files(), "one");
            FileRecord expired = add(data.files(), "two", OptionalLong.of(3600));
            data.files().delete(deleted.id(), Owner.NOBODY);
            refused(() -> data.files().find(deleted.id(), Owner.NOBODY), 404, "not_found");
            refused(() -> data.files().delete(deleted.id(), Owner.NOBODY), 404, "not_found");
            clock.pass(Duration.ofSeconds(3599));
            assertThat(data.files().find(expired.id(), Owner.NOBODY)).isEqualTo(expired);
            clock.pass(Duration.ofSeconds(1));
            refused(() -> data.files().find(expired.id(), Owner.NOBODY), 404, "not_found");
            assertThat(data.files().bytes()).isZero();
            assertThat(onDisk()).allMatch(file -> file.endsWith(".lock"));
        }
    }

    @Test
    void aFileIsSeenByItsOwnerAloneAlsoAfterARestart() throws IOException {
        FileRecord file;
        FileRecord ownedByNone;
        try (DataFolder data = open()) {
            try (FileStore.Arrival arrival = data.files().arrive(Owner.of("alice"))) {
                arrival.receive(new ByteArrayInputStream(new byte[10]));
                file = arrival.keep("a.jsonl", "batch", OptionalLong.empty());
            }
            ownedByNone = add(data.files(), "before there were keys");
            assertThat(file.json().toString()).doesNotContain("alice");
        }
        try (DataFolder data = open()) {
            FileStore files = data.files();
            assertThat(files.find(file.id(), Owner.of("alice"))).isEqualTo(file);
            assertThat(files.list(Owner.of("alice"))).containsExactly(file, ownedByNone);
            assertThat(files.list(Owner.of("bob"))).containsExactly(ownedByNone);
            refused(() -> files.find(file.id(), Owner.of("bob")), 404, "not_found");
            refused(() -> files.delete(file.id(), Owner.of("bob")), 404, "not_found");
            // Where no keys are needed, there is nobody to hide it from.
            assertThat(files.list(Owner.NOBODY)).containsExactly(file, ownedByNone);
            files.delete(file.id(), Owner.of("alice"));
            assertThat(files.list(Owner.of("alice"))).containsExactly(ownedByNone);
        }
    }

    @Test
    void aFileThatIsReadIsNeitherDeletedNorExpires() throws IOException {
        try (DataFolder data = open()) {
            FileRecord file = add(data.files(), "one", OptionalLong.of(3600));
            data.files().hold(file.id());
            clock.pass(Duration.ofDays(1));
            refused(() -> data.files().delete(file.id(), Owner.NOBODY), 400, "file_in_use");
            data.files().letGo(file.id());
            refused(() -> data.files().find(file.id(), Owner.NOBODY), 404, "not_found");
        }
    }

    @Test
    void whatCannotBeReadIsLeftAloneAndTheOthersAreServed() throws IOException {
        FileRecord good;
        FileRecord shorter;
        try (DataFolder data = open()) {
            good = add(data.files(), "good");
            shorter = add(data.files(), "shorter");
        }
        Files.writeString(place.resolve("files/" + shorter.id() + ".data"), "short");
        Files.writeString(place.resolve("files/file-x.json"), "{");
        try (DataFolder data = open()) {
            assertThat(data.files().list(Owner.NOBODY)).containsExactly(good);
        }
        assertThat(place.resolve("files/file-x.json")).exists();
    }

    @Test
    void aSecondServerIsRefusedAsLongAsTheFirstOneRuns() {
        try (DataFolder _ = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("another process uses it");
        }
        open().close();
    }

    @Test
    void aDiskThatFailsIsATypedError() throws IOException {
        try (DataFolder data = open()) {
            FileRecord file = add(data.files(), "one");
            Files.delete(place.resolve("files/" + file.id() + ".data"));
            refused(() -> data.files().content(file), 500, "storage_failed");
            Files.delete(place.resolve("files/arriving"));
            refused(() -> add(data.files(), "two"), 500, "storage_failed");
        }
        assertThat(StoreErrors.of(new IOException("No space left on device")).code())
                .isEqualTo("storage_full");
        assertThat(StoreErrors.of(new IOException("Disk quota exceeded")).status())
                .isEqualTo(507);
    }

    private interface Action {
        void run() throws IOException;
    }

    private static void refused(Action action, int status, String code) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(ApiException.class, failure -> {
            assertThat(failure.status()).isEqualTo(status);
            assertThat(failure.code()).isEqualTo(code);
        });
    }
}
