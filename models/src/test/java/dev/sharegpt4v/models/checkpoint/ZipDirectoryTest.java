package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

final class ZipDirectoryTest {

    private static final int LOCAL = 0;
    private static final byte[] ARCHIVE =
            new TorchBytes().entry("a", (byte) 1, (byte) 2).entry("b", (byte) 3).stored();
    private static final int END = ARCHIVE.length - 22;
    private static final int CENTRAL =
            ByteBuffer.wrap(ARCHIVE).order(ByteOrder.LITTLE_ENDIAN).getInt(END + 16);
    private static final int SECOND_CENTRAL = CENTRAL + 46 + 1;

    @Test
    void storedEntriesAreFound() {
        assertThat(contents(ARCHIVE)).isEqualTo(Map.of("a", "[1, 2]", "b", "[3]"));
    }

    @Test
    void aCommentAfterTheDirectoryIsSkipped() {
        byte[] commented = Arrays.copyOf(ARCHIVE, ARCHIVE.length + 3);
        commented[END + 20] = 3;

        assertThat(contents(commented)).containsOnlyKeys("a", "b");
    }

    @Test
    void zip64RecordsAreUnderstood() {
        byte[] wide = withZip64(CENTRAL, END - CENTRAL, 2);
        ByteBuffer view = ByteBuffer.wrap(wide).order(ByteOrder.LITTLE_ENDIAN);
        int end = wide.length - 22;
        view.putShort(end + 10, (short) -1).putInt(end + 12, -1).putInt(end + 16, -1);

        assertThat(contents(wide)).containsOnlyKeys("a", "b");
    }

    @Test
    void zip64RecordsThatContradictTheOthersAreRefused() {
        refused(withZip64(CENTRAL + 1, END - CENTRAL, 2)).withMessageContaining("contradict");
        refused(withZip64(CENTRAL, END - CENTRAL, 1)).withMessageContaining("contradict");
        refused(withZip64(CENTRAL, END - CENTRAL - 1, 2)).withMessageContaining("contradict");
    }

    @Test
    void impossibleDirectoriesAreRefused() {
        refused(changed(view -> view.putInt(END + 16, CENTRAL + 1))).withMessageContaining("directory");
        refused(changed(view -> view.putInt(END + 16, Integer.MAX_VALUE))).withMessageContaining("directory");
        refused(changed(view -> view.putInt(END + 12, -1))).withMessageContaining("directory");
        refused(changed(view -> view.putShort(END + 10, (short) 1))).withMessageContaining("another length");
        refused(changed(view -> view.putShort(END + 10, (short) 3))).withMessageContaining("broken zip directory");
        refused(changed(view -> view.putShort(CENTRAL + 28, (short) 2_000))).withMessageContaining("2000 bytes");
    }

    @Test
    void localHeadersThatContradictTheDirectoryAreRefused() {
        refused(changed(view -> view.put(LOCAL + 30, (byte) 'x'))).withMessageContaining("entry a has a local header");
        refused(changed(view -> view.putShort(LOCAL + 8, (short) 8))).withMessageContaining("contradicts");
        refused(changed(view -> view.putInt(LOCAL + 22, 1))).withMessageContaining("contradicts");
        refused(changed(view -> view.putShort(LOCAL + 6, (short) 8))).withMessageContaining("contradicts");
        refused(changed(view -> view.putInt(LOCAL, 0))).withMessageContaining("no local header");
        refused(changed(view -> view.putInt(CENTRAL + 42, -2))).withMessageContaining("no local header");
    }

    @Test
    void compressedAndEncryptedEntriesAreRefused() {
        refused(changed(view -> view.putShort(CENTRAL + 10, (short) 8))).withMessageContaining("compresses entry a");
        refused(changed(view -> view.putInt(CENTRAL + 20, 1))).withMessageContaining("compresses entry a");
        refused(changed(view -> view.putShort(CENTRAL + 8, (short) 1))).withMessageContaining("encrypts entry a");
    }

    @Test
    void sizesBeyondTheFileAreRefused() {
        refused(changed(view -> {
                    for (int field : new int[] {CENTRAL + 20, CENTRAL + 24, LOCAL + 18, LOCAL + 22}) {
                        view.putInt(field, 1 << 30);
                    }
                }))
                .withMessageContaining("ends before");
    }

    @Test
    void overlappingEntriesAreRefused() {
        refused(changed(view -> {
                    for (int field : new int[] {CENTRAL + 20, CENTRAL + 24, LOCAL + 18, LOCAL + 22}) {
                        view.putInt(field, 10);
                    }
                }))
                .withMessageContainingAll("entry a", "overlap");
    }

    @Test
    void entriesOfOneNameAreRefused() {
        int secondLocal =
                ByteBuffer.wrap(ARCHIVE).order(ByteOrder.LITTLE_ENDIAN).getInt(SECOND_CENTRAL + 42);

        refused(changed(view -> view.put(SECOND_CENTRAL + 46, (byte) 'a').put(secondLocal + 30, (byte) 'a')))
                .withMessageContaining("entry a twice");
        refused(changed(view -> view.put(SECOND_CENTRAL + 46, (byte) 'a').putInt(SECOND_CENTRAL + 42, LOCAL)))
                .withMessageContaining("contradicts");
    }

    private static byte[] changed(Consumer<ByteBuffer> change) {
        byte[] copy = ARCHIVE.clone();
        change.accept(ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN));
        return copy;
    }

    private static byte[] withZip64(long offset, long size, long entries) {
        ByteBuffer records = ByteBuffer.allocate(76).order(ByteOrder.LITTLE_ENDIAN);
        records.putInt(0x06064b50)
                .putLong(44)
                .putShort((short) 45)
                .putShort((short) 45)
                .putLong(0);
        records.putLong(entries).putLong(entries).putLong(size).putLong(offset);
        records.putInt(0x07064b50).putInt(0).putLong(END).putInt(1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(ARCHIVE, 0, END);
        bytes.write(records.array(), 0, 76);
        bytes.write(ARCHIVE, END, 22);
        return bytes.toByteArray();
    }

    private static Map<String, String> contents(byte[] archive) {
        return ZipDirectory.read(TorchBytes.mapped(archive)).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> Arrays.toString(
                                Objects.requireNonNull(entry.getValue()).toArray(ValueLayout.JAVA_BYTE))));
    }

    private static ThrowableAssertAlternative<CheckpointException> refused(byte[] archive) {
        return assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> contents(archive))
                .withMessageContaining("pytorch_model.bin");
    }
}
