package dev.sharegpt4v.server.bench.gpu;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A shared library in which only one architecture's code is left: the content of all other entries of its fat binaries is
 * zeros, and a hole where the file system has holes. Nothing moves, so no address in the library changes; NVIDIA's driver
 * chooses entries by their headers, which stay, and does not look at what it does not choose. Zeros pack to nothing.
 *
 * @param bytesBefore content of all entries, by architecture; PTX by itself
 * @param bytesLeft content that was kept
 * @param libraryBytes of the whole file
 */
public record Pruning(Map<String, Long> bytesBefore, long bytesLeft, long libraryBytes) {

    /** Where compilers put fat binaries, and where cuBLAS has more of them between tables of its own. */
    private static final Map<String, Boolean> MIXED_BY_SECTION =
            Map.of(".nv_fatbin", false, "__nv_relfatbin", false, ".cask_resource", true);

    private static final long WRITE_BYTES = 64L << 20;

    /**
     * Writes the library without the code of other GPUs.
     *
     * @throws IllegalArgumentException when the library is none, or holds fat binaries that are not as expected
     * @throws IOException when it cannot be read or written
     */
    public static Pruning write(Path library, Path target, Architecture wanted) throws IOException {
        try (Arena arena = Arena.ofConfined();
                FileChannel in = FileChannel.open(library, StandardOpenOption.READ)) {
            MemorySegment file = in.map(FileChannel.MapMode.READ_ONLY, 0, in.size(), arena);
            Map<String, Long> before = new TreeMap<>();
            List<FatEntry> dropped = new ArrayList<>();
            long left = 0;
            for (List<FatEntry> binary : binaries(file)) {
                for (FatEntry entry : binary) {
                    before.merge(name(entry), entry.bytes(), Long::sum);
                    if (keeps(binary, entry, wanted)) {
                        left += entry.bytes();
                    } else {
                        dropped.add(entry);
                    }
                }
            }
            copy(file, target, dropped);
            return new Pruning(before, left, file.byteSize());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(library + ": " + e.getMessage(), e);
        }
    }

    private static List<List<FatEntry>> binaries(MemorySegment file) {
        List<List<FatEntry>> found = new ArrayList<>();
        for (ElfSections.Section section : ElfSections.read(file)) {
            Boolean mixed = MIXED_BY_SECTION.get(section.name());
            if (mixed != null) {
                found.addAll(FatSection.read(file, section.from(), section.bytes(), mixed));
            }
        }
        return found;
    }

    private static String name(FatEntry entry) {
        return entry.architecture() + (entry.portable() ? " PTX" : "");
    }

    /** A driver takes the newest machine code that the GPU runs, and only where there is none compiles the newest PTX. */
    static boolean keeps(List<FatEntry> binary, FatEntry entry, Architecture wanted) {
        Optional<Architecture> code = newest(binary.stream()
                .filter(one -> !one.portable() && wanted.runs(one.architecture()))
                .toList());
        if (code.isPresent()) {
            return !entry.portable() && entry.architecture().equals(code.get());
        }
        Optional<Architecture> portable = newest(binary.stream()
                .filter(one -> one.portable() && one.architecture().compareTo(wanted) <= 0)
                .toList());
        return portable.isPresent() && entry.portable() && entry.architecture().equals(portable.get());
    }

    private static Optional<Architecture> newest(List<FatEntry> entries) {
        return entries.stream().map(FatEntry::architecture).max(Comparator.naturalOrder());
    }

    private static void copy(MemorySegment file, Path target, List<FatEntry> dropped) throws IOException {
        dropped.sort(Comparator.comparingLong(FatEntry::from));
        try (FileChannel out = FileChannel.open(
                target, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            long at = 0;
            for (FatEntry hole : dropped) {
                write(file, at, hole.from(), out);
                at = hole.from() + hole.bytes();
            }
            write(file, at, file.byteSize(), out);
            if (out.size() < file.byteSize()) {
                out.write(ByteBuffer.allocate(1), file.byteSize() - 1);
            }
        }
    }

    private static void write(MemorySegment file, long from, long to, FileChannel out) throws IOException {
        for (long at = from; at < to; ) {
            ByteBuffer part = file.asSlice(at, Math.min(WRITE_BYTES, to - at)).asByteBuffer();
            while (part.hasRemaining()) {
                at += out.write(part, at);
            }
        }
    }

    /** In a line. */
    public String describe() {
        StringBuilder text = new StringBuilder();
        bytesBefore.forEach((name, bytes) ->
                text.append(name).append(": ").append(bytes >> 20).append(" MB, "));
        return text + "%d MB of code kept in %d MB".formatted(bytesLeft >> 20, libraryBytes >> 20);
    }
}
