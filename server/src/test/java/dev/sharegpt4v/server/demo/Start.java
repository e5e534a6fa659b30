package dev.sharegpt4v.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The program in a process of its own, with folders of its own for all that it keeps. */
record Start(Process process, List<String> said) implements AutoCloseable {

    /** Starts the command line to see that it starts, for which the quick compiler is enough. */
    static Start of(Path home, Path cache, String... arguments) throws IOException {
        return of(home, cache, List.of("-XX:TieredStopAtLevel=1"), arguments);
    }

    /** Starts the command line with more options of the JVM. */
    static Start of(Path home, Path cache, List<String> options, String... arguments) throws IOException {
        return of(home, cache, options, Map.of(), arguments);
    }

    /** The same in an environment with more variables. */
    static Start of(Path home, Path cache, List<String> options, Map<String, String> variables, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.awt.headless=true",
                "-Dsharegpt4v.home=" + home));
        command.addAll(options);
        command.add("dev.sharegpt4v.server.Main");
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        // ONNX Runtime cannot bear a command line as long as this class path.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().putAll(variables);
        return new Start(builder.start(), new ArrayList<>());
    }

    /** Reads until the program says this; false when it ends before. */
    boolean awaitLine(String beginning) {
        try {
            BufferedReader reader = process.inputReader();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                said.add(line);
                if (line.startsWith(beginning)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads until the program serves; where it does. */
    String awaitUrl() {
        assertThat(awaitLine("ready ")).as(said::toString).isTrue();
        String line = said.getLast();
        return line.substring(line.indexOf("http"), line.indexOf(" model="));
    }

    /** SIGKILL, as the kernel sends it when memory is short; its locks are free when this returns. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
