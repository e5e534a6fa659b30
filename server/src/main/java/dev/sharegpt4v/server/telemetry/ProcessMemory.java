package dev.sharegpt4v.server.telemetry;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What the process holds of the system, under the names of Prometheus' own clients. Where there is no {@code /proc}, there
 * are no such gauges.
 *
 * <p>Source: proc(5), {@code /proc/self/status} and {@code /proc/self/fd}.
 */
final class ProcessMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path FILES = Path.of("/proc/self/fd");
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final double KIB = 1024;
    private static final double NANOS = 1e9;

    private ProcessMemory() {}

    static void bind(MeterRegistry registry) {
        if (Files.isReadable(STATUS)) {
            gauge(registry, "process_resident_memory_bytes", "Memory in RAM", file -> KIB * field(file, "VmRSS:"));
            gauge(registry, "process_virtual_memory_bytes", "Address space", file -> KIB * field(file, "VmSize:"));
            gauge(registry, "process_threads", "Threads of the system", file -> field(file, "Threads:"));
        }
        if (Files.isDirectory(FILES)) {
            Gauge.builder("process_open_fds", FILES, ProcessMemory::entries)
                    .description("Open files and connections")
                    .register(registry);
        }
        if (Files.isReadable(LIMITS)) {
            Gauge.builder("process_max_fds", LIMITS, file -> field(file, "Max open files"))
                    .description("Open files and connections at most")
                    .register(registry);
        }
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder("process_cpu_seconds", system, bean -> bean.getProcessCpuTime() / NANOS)
                    .description("Time of processors, of users and of the system")
                    .register(registry);
            Gauge.builder("sharegpt4v_memory_limit_bytes", system, OperatingSystemMXBean::getTotalMemorySize)
                    .description("Memory that the process may have: its container's, else the machine's")
                    .register(registry);
        }
    }

    private static void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<Path> value) {
        Gauge.builder(name, STATUS, value).description(description).register(registry);
    }

    /** The number after a name; NaN when it is not there. */
    static double field(Path status, String name) {
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(
                            line.substring(name.length()).strip().split("\\s+", -1)[0]))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException | NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** The listing itself opens one. */
    private static double entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.count() - 1.0;
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
