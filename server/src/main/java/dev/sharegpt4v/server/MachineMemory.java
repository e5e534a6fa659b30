package dev.sharegpt4v.server;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory that this process may use.
 *
 * @param bytes in all
 * @param hard whether a container's limit, and not the machine, sets it: who takes more is killed
 */
record MachineMemory(long bytes, boolean hard) {

    private static final Path MEMINFO = Path.of("/proc/meminfo");

    /** By the JVM, which knows the limits of cgroups of both versions, beside what the machine itself has. */
    static MachineMemory read() {
        long visible =
                ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                        ? system.getTotalMemorySize()
                        : Runtime.getRuntime().maxMemory();
        return of(visible, meminfo());
    }

    /** @param meminfo lines of {@code /proc/meminfo}, none where there is no such file */
    static MachineMemory of(long visible, List<String> meminfo) {
        boolean limited = meminfo.stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .map(line -> line.replaceAll("\\D", ""))
                .filter(number -> !number.isEmpty())
                .anyMatch(kilobytes -> visible < Long.parseLong(kilobytes) << 10);
        return new MachineMemory(visible, limited);
    }

    private static List<String> meminfo() {
        try {
            return Files.isReadable(MEMINFO) ? Files.readAllLines(MEMINFO) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
