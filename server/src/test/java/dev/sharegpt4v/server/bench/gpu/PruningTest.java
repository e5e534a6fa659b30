package dev.sharegpt4v.server.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.server.bench.gpu.FatLibrary.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PruningTest {

    private static final int PTX = 1;
    private static final int CODE = 2;
    private static final Architecture HOPPER = Architecture.parse("9.0");

    private final Random random = new Random(7);

    @TempDir
    private Path folder;

    private Code code(int kind, int architecture, int bytes) {
        byte[] content = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            content[i] = (byte) (1 + random.nextInt(255));
        }
        return new Code(kind, architecture, content, random.nextBoolean() ? 64 : 112);
    }

    private byte[] prune(FatLibrary library, Architecture wanted) throws IOException {
        Path file = Files.write(folder.resolve("lib.so"), library.bytes());
        Path target = folder.resolve("pruned.so");
        Pruning.write(file, target, wanted);
        return Files.readAllBytes(target);
    }

    /** Which of the entries are as they were; the others must be zeros, and everything else as it was. */
    private static List<Integer> kept(FatLibrary library, List<Code> codes, byte[] pruned) {
        byte[] expected = library.bytes();
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < codes.size(); i++) {
            int at = library.contents().get(i);
            int bytes = codes.get(i).content().length;
            if (pruned[at] != 0) {
                kept.add(i);
            } else {
                Arrays.fill(expected, at, at + bytes, (byte) 0);
            }
        }
        assertThat(pruned).isEqualTo(expected);
        return kept;
    }

    @Test
    void onlyTheWantedArchitectureIsLeftAndNothingMoves() throws IOException {
        List<Code> codes = List.of(code(CODE, 80, 100), code(CODE, 90, 40), code(CODE, 120, 64), code(CODE, 90, 8));
        FatLibrary library = new FatLibrary().binary(codes, 8);
        assertThat(kept(library, codes, prune(library, HOPPER))).containsExactly(1, 3);
    }

    @Test
    void olderCodeOfTheSameGenerationIsTakenWhereThereIsNoOwn() throws IOException {
        List<Code> codes = List.of(code(CODE, 80, 96), code(CODE, 86, 96), code(CODE, 90, 40), code(PTX, 80, 16));
        FatLibrary library = new FatLibrary().binary(codes, 0);
        assertThat(kept(library, codes, prune(library, Architecture.parse("8.9"))))
                .containsExactly(1);
        assertThat(kept(library, codes, prune(library, Architecture.parse("8.0"))))
                .containsExactly(0);
    }

    @Test
    void portableCodeStaysWhereThereIsNoMachineCode() throws IOException {
        List<Code> codes = List.of(code(CODE, 80, 96), code(PTX, 70, 32), code(PTX, 80, 16), code(PTX, 120, 16));
        FatLibrary library = new FatLibrary().binary(codes, 24);
        assertThat(kept(library, codes, prune(library, HOPPER))).containsExactly(2);
    }

    @Test
    void eachFatBinaryIsPrunedByItself() throws IOException {
        List<Code> first = List.of(code(CODE, 90, 104));
        List<Code> second = List.of(code(CODE, 75, 72), code(CODE, 80, 72));
        List<Code> third = List.of(code(CODE, 90, 8), code(CODE, 75, 16));
        FatLibrary library = new FatLibrary()
                .binary(first, 0)
                .binary(second, 16)
                .binary(List.of(), 0)
                .binary(third, 0);
        List<Code> all = new ArrayList<>(first);
        all.addAll(second);
        all.addAll(third);
        assertThat(kept(library, all, prune(library, HOPPER))).containsExactly(0, 3);
    }

    @Test
    void whatWasThereIsCountedByArchitecture() throws IOException {
        FatLibrary library = new FatLibrary()
                .binary(List.of(code(CODE, 80, 96), code(CODE, 90, 32), code(PTX, 90, 16)), 0)
                .binary(List.of(code(CODE, 80, 4)), 4);
        Path file = Files.write(folder.resolve("lib.so"), library.bytes());
        Pruning pruning = Pruning.write(file, folder.resolve("out.so"), HOPPER);
        assertThat(pruning.bytesBefore()).isEqualTo(Map.of("8.0", 100L, "9.0", 32L, "9.0 PTX", 16L));
        assertThat(pruning.bytesLeft()).isEqualTo(32);
        assertThat(pruning.libraryBytes()).isEqualTo(Files.size(file)).isEqualTo(Files.size(folder.resolve("out.so")));
    }

    @Test
    void aLibraryWithoutGpuCodeIsCopied() throws IOException {
        FatLibrary library = new FatLibrary();
        assertThat(prune(library, HOPPER)).isEqualTo(library.bytes());
    }

    @Test
    void amongTablesFatBinariesAreFoundAndTheTablesStay() throws IOException {
        List<Code> first = List.of(code(CODE, 100, 32));
        List<Code> second = List.of(code(CODE, 90, 16), code(CODE, 120, 48));
        byte[] table = new byte[40];
        random.nextBytes(table);
        FatLibrary library = new FatLibrary(".cask_resource")
                .raw(table)
                .binary(first, 8)
                .raw(table)
                .binary(second, 0)
                .raw(table);
        List<Code> all = new ArrayList<>(first);
        all.addAll(second);
        assertThat(kept(library, all, prune(library, HOPPER))).containsExactly(1);
    }

    @Test
    void sectionsOfOtherNamesStayAsTheyAre() throws IOException {
        FatLibrary library = new FatLibrary(".data").binary(List.of(code(CODE, 80, 32)), 0);
        assertThat(prune(library, HOPPER)).isEqualTo(library.bytes());
    }

    @Test
    void anOlderAndLongerTargetIsReplaced() throws IOException {
        Files.write(folder.resolve("pruned.so"), new byte[100_000]);
        List<Code> codes = List.of(code(CODE, 90, 16), code(CODE, 80, 16));
        FatLibrary library = new FatLibrary().binary(codes, 0);
        assertThat(kept(library, codes, prune(library, HOPPER))).containsExactly(0);
    }

    @Test
    void whatIsNoFatBinaryIsRefusedWithItsPlace() throws IOException {
        Path file = Files.write(
                folder.resolve("lib.so"),
                new FatLibrary()
                        .raw("not a fat binary".getBytes(StandardCharsets.UTF_8))
                        .bytes());
        assertThatThrownBy(() -> Pruning.write(file, folder.resolve("out.so"), HOPPER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lib.so")
                .hasMessageContaining("byte 64");
    }

    @Test
    void damagedLibrariesAreRefusedOrCopiedButNeverReadBeyond() throws IOException {
        byte[] whole = new FatLibrary()
                .binary(List.of(code(CODE, 80, 96), code(CODE, 90, 32)), 8)
                .bytes();
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = whole.clone();
            for (int flips = 0; flips <= random.nextInt(4); flips++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Path file = Files.write(folder.resolve("damaged.so"), damaged);
            try {
                Pruning.write(file, folder.resolve("out.so"), HOPPER);
                assertThat(folder.resolve("out.so")).hasSize(damaged.length);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("damaged.so");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "90", "9", "9.0a", "-1.0", "9.00"})
    void whatIsNoCapabilityIsRefused(String text) {
        assertThatThrownBy(() -> Architecture.parse(text)).hasMessageContaining("compute capability");
    }
}
